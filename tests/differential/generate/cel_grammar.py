# SPDX-License-Identifier: 0BSD
"""What CEL expressions are made of: by type, the leaves and the templates that give it. $int is a hole for an int, @int binds a name."""

# A leaf that stands first is the plainest: shrinking ends there; what is refused stands last and is chosen less often. Paths lead into generate/cel_objects.py.
LEAVES = {
    "bool": [
        'true', 'false', 'spec.paused', 'has(status.conditions)', 'has(metadata.labels.app)', 'has(spec.missing)',
        'status.?ready.orValue(false)', 'has(metadata.labels)', 'has(status.nothing)', '!spec.paused', 'has(spec.list)',
        'spec.missing', 'has(spec.replicas.x)'],
    "int": [
        '1', '0', '-1', '2', '7', '9223372036854775807', '-9223372036854775808', '0x1F', '-0x80', '100', 'spec.replicas',
        'metadata.generation', 'status.observedGeneration', 'status.readyReplicas', "spec['replicas']", 'spec.ports[0]',
        'spec.template.spec.containers[0].ports[0].containerPort', 'spec.big', '1000000000000', '64', '63', '-7',
        '9223372036854775808', 'spec.ports[9]'],
    "uint": [
        '1u', '0u', '2u', '18446744073709551615u', '0xFFu', '42u', '9223372036854775808u', '3U', '18446744073709551616u'],
    "double": [
        '1.5', '0.0', '-0.0', '1e308', '1e-320', '.5', '3e2', "double('NaN')", "double('Infinity')", "double('-inf')",
        '9007199254740993.0', 'spec.ratio', '2.5', '-2.5', '9223372036854775807.0', '-9223372036854775809.0',
        '18446744073709551615.0', '1.0', '3.0', '1e19', '0.1', '123456789.125', '1e21', '1e-7', '100000.0',
        '1.7976931348623157e308', '5e-324', '1E+2', '2.675', '1e400'],
    "string": [
        "'a'", "''", '"b"', "'é日本'", "'\\u00e9\\U0001F600'", "r'raw\\n'", "'''tri'quote'''", "\"\\x41\\101\\t\"", "'😀x'",
        "'True'", "'1'", "'2.5'", "'abc abc'", "'a,b,c'", "'line\\nbreak'", 'metadata.name', 'metadata.namespace',
        'metadata.labels.app', "metadata.labels['app']", 'kind', 'apiVersion', 'status.phase',
        'spec.template.spec.containers[0].image', 'status.conditions[0].type', "' pad '", "'%s'", "'-5'", "'0x1F'", "'ABCé'",
        "'500m'", "'1.2.3'", "'10.0.0.1'", "'\\\\\"q'", "metadata.annotations['a/b']", "'\\u212a'", "' '",
        'metadata.labels.`app.kubernetes.io/version`', "'12345678901234567890'", "'1e3'", "'NaN'", "'t'", "'false'",
        "'\\r\\t'", "'null'", 'spec.missing.deep'],
    "bytes": [
        "b'a'", "b''", "b'\\xff\\x00'", "b'\\377'", "b'é'", "rb\"\\x\"", "b'''x\ny'''", "b'abc'", "B'q'", "b'\\u00e9'"],
    "null": [
        'null', 'spec.nothing', 'status.nothing'],
    "duration": [
        "duration('1s')", "duration('0')", "duration('1h2m3.5s')", "duration('-90m')", "duration('1ns')",
        "duration('9223372036s')", "duration('1us')", "duration('1.5ms')", "duration('100000h')", "duration('1µs')",
        "duration('1d')", "duration('x')", "duration('2540400h')"],
    "timestamp": [
        "timestamp('2024-03-01T10:00:00Z')", "timestamp('1970-01-01T00:00:00Z')",
        "timestamp('9999-12-31T23:59:59.999999999Z')", "timestamp('0001-01-01T00:00:00Z')",
        "timestamp('2024-02-29T23:59:59.5+02:00')", 'timestamp(metadata.creationTimestamp)', 'timestamp(0)', 'timestamp(-1)',
        'timestamp(1700000000)', 'timestamp(status.conditions[0].lastTransitionTime)', "timestamp('2024-07-01t10:00:00z')",
        "timestamp('2024-03-31T01:30:00Z')", "timestamp('2024-01-01T00:00:00-23:59')", "timestamp('1900-01-01T00:00:00Z')",
        "timestamp('2023-02-29T00:00:00Z')", "timestamp('x')", 'timestamp(253402300800)',
        "timestamp('2024-12-31T24:00:00Z')", "timestamp('2024-03-01T10:00:00')", "timestamp('2024-10-27 01:30:00Z')"],
    "list_int": [
        '[1, 2, 3]', '[]', 'spec.ports', '[1]', '[3, 1, 2]', '[1, 1, 2]', '[9223372036854775807, 1]', 'spec.list',
        'spec.emptyList'],
    "list_string": [
        "['a', 'b']", 'metadata.finalizers', "['b', 'a', 'b']", "['']", 'spec.template.spec.containers[0].args',
        "['é', 'z', 'Z']"],
    "list_double": [
        '[1.5, 2.5]', '[0.0]', "[double('NaN')]", '[1.0, 1.0]', '[-0.0, 0.0]'],
    "list_any": [
        '[1, 2]', '[[1], [2]]', "[dyn(1), 'a']", '[null]', '[[]]', 'spec.mixed', '[dyn(1), dyn(1u), dyn(1.0)]',
        '[[3, 1], [2]]', '[[1, [2, [3]]]]', "[{'a': 1}]", 'spec.template.spec.containers', "[1, 'a']", '[1, 2u, 3.0]'],
    "conditions": [
        'status.conditions', 'status.?conditions.orValue([])', '[]'],
    "condition": [
        'status.conditions[0]', "{'type': 'Ready', 'status': 'True'}", 'status.conditions[7]', 'status.conditions[-1]'],
    "map": [
        "{'a': 1}", '{}', 'metadata.labels', 'metadata.annotations', 'spec', 'status', 'metadata', "{'a': 1, 'b': 2}",
        '{1: 2, 2: 3}', "{true: 'x'}", '{1u: 1}', "{'a': dyn(1), 'b': 'x'}", 'spec.empty', "{'a': {'b': 1}}", '{1.5: 1}',
        '{1: 1, 1u: 2}', "{'a': 1, 'a': 2}"],
    "optional": [
        'optional.of(1)', 'optional.none()', 'status.?phase', "metadata.labels[?'app']", 'optional.ofNonZeroValue(0)',
        'spec.?missing.deep', 'spec.ports[?0]', 'spec.ports[?5]', 'metadata.?labels.?app', "{'a': 1}[?'a']", '[1][?1]',
        "optional.ofNonZeroValue('')"],
    "type": [
        'int', 'bool', 'string', 'list', 'map', 'type', 'uint', 'double', 'bytes', 'null_type', 'google.protobuf.Timestamp',
        'google.protobuf.Duration', 'net.IP', 'dyn', 'optional_type', 'kubernetes.Quantity'],
    "quantity": [
        "quantity('1')", "quantity('500m')", "quantity('1Gi')", "quantity('-1.5k')", "quantity('0')", "quantity('1e3')",
        'quantity(spec.template.spec.containers[0].resources.limits.memory)', "quantity('1.0001')", "quantity('12E')",
        "quantity('0.1n')", "quantity('9223372036854775807')", "quantity('1Ki')", "quantity('1E')", "quantity('1.5Gi')",
        "quantity('100u')", "quantity('x')", "quantity('+5')"],
    "ip": [
        "ip('10.0.0.1')", "ip('::1')", "ip('2001:db8::1')", "ip('127.0.0.1')", "ip('224.0.0.1')", "ip('fe80::1')",
        "ip('0.0.0.0')", "ip('2001:DB8::1')", "ip('ff02::1')", "ip('1.2.3')", "ip('010.0.0.1')", "ip('fe80::1%eth0')",
        "ip('::ffff:1.2.3.4')"],
    "cidr": [
        "cidr('10.0.0.0/8')", "cidr('2001:db8::/32')", "cidr('10.0.0.1/24')", "cidr('0.0.0.0/0')", "cidr('::/0')",
        "cidr('192.168.1.1/32')", "cidr('10.0.0.0')", "cidr('10.0.0.0/33')", "cidr('10.0.0.0/08')"],
    "url": [
        "url('https://example.com:8080/path?q=1&q=2&r=%20x')", "url('http://[::1]:80/')", "url('/only/path')",
        "url('https://user:pw@h/p#f')", "url('https://é.example/ü?k=v')", "url('http://h?a;b')",
        "url('https://h/a%2Fb/../c')", "url('HTTP://H/')", "url('x')", "url('http://a b')", "url('')", "url('http://h/%zz')"],
    "semver": [
        "semver('1.2.3')", "semver('1.0.0-alpha.1+build.5')", "semver('v1.2', true)", "semver('0.0.0')",
        "semver('1.0.0-alpha')", "semver('1', true)", "semver('v1.2.3')", "semver('1.2')", "semver('01.2.3')",
        "semver('1.0.0-01')", "semver('18446744073709551615.0.0')", "semver('1.2.3', false)"],
}  # fmt: skip
CONCRETE = [name for name in LEAVES if name not in ("conditions", "condition")]
KUBERNETES_ONLY = ["quantity", "ip", "cidr", "url", "semver"]

COMPARED = ["int", "uint", "double", "string", "bytes", "bool", "duration", "timestamp"]
ZONES = ["'UTC'", "'Europe/Berlin'", "'America/New_York'", "'Asia/Kolkata'", "'+02:00'", "'-07:30'", "'Mars/X'", "''", "'02:00'", "'Local'", "'+25:00'"]
FORMATS = ["'%s'", "'%d'", "'%f'", "'%.3f'", "'%e'", "'%.0e'", "'%x'", "'%X'", "'%o'", "'%b'", "'%%'", "'%'", "'%q'", "'%.2d'", "'%5s'", "'%s é'",
           "'%.10f'", "'%.e'"]  # fmt: skip
REGEXES = ["'a'", "'^a'", "'[a-z]+'", "'(a)(b)?'", "'['", "'\\\\d+'", "'é'", "'.'", "''", "'(?i)A'", "'a{2,3}'", "'\\\\pL'", "'(?P<n>b)'", "'a**'", "'$'",
           "'\\\\C'", "'(?=a)'", "'[[:alpha:]]'", "'\\\\bx'"]  # fmt: skip

# Which environments know a row: k Kubernetes, f Flux.
BOOL = """
kf ($bool && $bool)
kf ($bool || $bool)
kf !$bool
kf ($bool ? $bool : $bool)
kf ($any == $any)
kf ($any != $any)
kf ($int == $double)
kf ($uint != $int)
kf ($map == $map)
kf ($list_any == $list_any)
kf ($optional == $optional)
kf ($type == type($any))
kf ($string in $list_string)
kf ($int in $list_int)
kf ($any in $list_any)
kf ($string in $map)
kf ($any in $map)
kf $string.contains($string)
kf $string.startsWith($string)
kf $string.endsWith($string)
kf bool($string)
kf bool($bool)
kf dyn($bool)
kf $list_int.exists(@int, $bool)
kf $list_int.all(@int, $bool)
kf $list_int.exists_one(@int, $bool)
kf $conditions.exists(@condition, $bool)
kf $conditions.all(@condition, $bool)
kf $conditions.exists_one(@condition, $bool)
kf $map.all(@string, $bool)
kf $map.exists(@string, $bool)
k $map.all(@string, @any, $bool)
k $map.exists(@string, @any, $bool)
k $list_string.exists(@int, @string, $bool)
k $list_string.all(@int, @string, $bool)
k $list_string.existsOne(@int, @string, $bool)
k $list_int.exists_one(@int, @int, $bool)
kf has($map.a)
kf has($map.a.b)
kf has($condition.status)
kf has({'a': $any}.a)
kf $optional.hasValue()
kf sets.contains($list_any, $list_any)
kf sets.equivalent($list_int, $list_int)
kf sets.intersects($list_string, $list_string)
k $list_int.isSorted()
k $list_any.isSorted()
k isQuantity($string)
k $quantity.isGreaterThan($quantity)
k $quantity.isLessThan($quantity)
k $quantity.isInteger()
k isIP($string)
k ip.isCanonical($string)
k $ip.isLoopback()
k $ip.isUnspecified()
k $ip.isGlobalUnicast()
k $ip.isLinkLocalMulticast()
k $ip.isLinkLocalUnicast()
k isCIDR($string)
k $cidr.containsIP($ip)
k $cidr.containsIP($string)
k $cidr.containsCIDR($cidr)
k $cidr.containsCIDR($string)
k isURL($string)
k isSemver($string)
k isSemver($string, $bool)
k $semver.isGreaterThan($semver)
k $semver.isLessThan($semver)
k format.dns1123Label().validate($string).hasValue()
k format.named($string).hasValue()
"""
BOOL += "".join(f"kf (${kind} {sign} ${kind})\n" for kind in COMPARED for sign in ("<", "<=", ">", ">=", "=="))
BOOL += "".join(f"kf $string.matches({regex})\n" for regex in REGEXES)
BOOL += "kf ($int < $double)\nkf ($uint >= $int)\nkf ($double <= $uint)\nkf ($any < $any)\nkf $string.matches($string)\n"

INT = """
kf ($int + $int)
kf ($int - $int)
kf ($int * $int)
kf ($int / $int)
kf ($int % $int)
kf -$int
kf --$int
kf ($bool ? $int : $int)
kf dyn($int)
kf size($string)
kf $string.size()
kf size($list_any)
kf $map.size()
kf size($bytes)
kf size($any)
kf int($double)
kf int($uint)
kf int($string)
kf int($timestamp)
kf int($duration)
kf int($any)
kf $string.indexOf($string)
kf $string.indexOf($string, $int)
kf $string.lastIndexOf($string)
kf $string.lastIndexOf($string, $int)
kf $duration.getHours()
kf $duration.getMinutes()
kf $duration.getSeconds()
kf $duration.getMilliseconds()
kf $list_int[$int]
kf $list_int[$double]
kf $list_int[$uint]
kf {'a': $int}.a
kf {'a': $int, 'b': $int}[$string]
kf {1: $int, 2: $int}[$double]
kf $conditions.filter(@condition, $bool).size()
kf size($map.map(@string, $any))
kf size($map.filter(@string, $bool))
kf $optional.orValue($int)
kf optional.of($int).optMap(@int, $int).value()
k $list_int.sum()
k $list_int.min()
k $list_int.max()
k $list_int.indexOf($int)
k $list_any.indexOf($any)
k $list_string.lastIndexOf($string)
k $quantity.sign()
k $quantity.asInteger()
k $quantity.compareTo($quantity)
k $ip.family()
k $cidr.prefixLength()
k $semver.major()
k $semver.minor()
k $semver.patch()
k $semver.compareTo($semver)
k $list_int.first().orValue($int)
k $list_int.transformList(@int, @int, $int).size()
"""
FIELDS = ["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds",
          "getMilliseconds"]  # fmt: skip
INT += "".join(f"kf $timestamp.{field}()\n" for field in FIELDS)
INT += "".join(f"kf $timestamp.{FIELDS[index % len(FIELDS)]}({zone})\n" for index, zone in enumerate(ZONES * 2))

STRING = """
kf ($string + $string)
kf ($bool ? $string : $string)
kf string($int)
kf string($double)
kf string($uint)
kf string($bytes)
kf string($bool)
kf string($timestamp)
kf string($duration)
kf string($any)
kf dyn($string)
kf $string.charAt($int)
kf $string.lowerAscii()
kf $string.upperAscii()
kf $string.replace($string, $string)
kf $string.replace($string, $string, $int)
kf $string.substring($int)
kf $string.substring($int, $int)
kf $string.trim()
kf $list_string.join()
kf $list_string.join($string)
f $string.reverse()
kf strings.quote($string)
kf $list_string[$int]
kf $map[$string]
kf $condition.type
kf $condition.status
kf $condition['reason']
kf $condition.?message.orValue($string)
kf {'k': $string}.k
kf $optional.orValue($string)
kf optional.of($string).value()
f base64.encode($bytes)
k string($quantity)
k string($ip)
k string($cidr)
k $url.getScheme()
k $url.getHost()
k $url.getHostname()
k $url.getPort()
k $url.getEscapedPath()
k string($semver)
k $list_string.min()
k $list_string.max()
k format.dns1123Subdomain().validate($string).orValue([])[0]
"""
STRING += "".join(f"kf {text}.format([$any])\n" for text in FORMATS) + "kf '%s %d %s'.format([$any, $int, $list_any])\n"
STRING += "kf $string.format($list_any)\nkf '%s'.format([$map])\nkf '%.2f|%e'.format([$double, $double])\n"
STRING += "".join(f"k $string.find({regex})\n" for regex in REGEXES[:9])

OTHER = {
    "uint": """
kf ($uint + $uint)
kf ($uint - $uint)
kf ($uint * $uint)
kf ($uint / $uint)
kf ($uint % $uint)
kf uint($int)
kf uint($double)
kf uint($string)
kf uint($any)
kf ($bool ? $uint : $uint)
kf -$uint
""",
    "double": """
kf ($double + $double)
kf ($double - $double)
kf ($double * $double)
kf ($double / $double)
kf ($double % $double)
kf -$double
kf double($int)
kf double($uint)
kf double($string)
kf double($any)
kf ($bool ? $double : $double)
kf $list_double[$int]
k $list_double.sum()
k $list_double.max()
k $quantity.asApproximateFloat()
""",
    "bytes": """
kf ($bytes + $bytes)
kf bytes($string)
f base64.decode($string)
f base64.decode(base64.encode($bytes))
""",
    "null": "kf ($bool ? null : $null)\nkf dyn(null)\n",
    "duration": """
kf ($duration + $duration)
kf ($duration - $duration)
kf ($timestamp - $timestamp)
kf duration($string)
kf duration($duration)
kf -$duration
k [$duration, $duration].sum()
kf duration(string($duration))
""",
    "timestamp": """
kf ($timestamp + $duration)
kf ($timestamp - $duration)
kf ($duration + $timestamp)
kf timestamp($int)
kf timestamp($string)
kf timestamp(string($timestamp))
k [$timestamp, $timestamp].max()
""",
    "list_int": """
kf [$int, $int]
kf ($list_int + $list_int)
kf $list_int.map(@int, $int)
kf $list_int.map(@int, $bool, $int)
kf $list_int.filter(@int, $bool)
k $list_int.slice($int, $int)
k $list_int.sort()
k $list_int.distinct()
k $list_int.reverse()
k lists.range(3)
k [$list_int, $list_int].flatten()
k $list_int.sortBy(@int, $int)
k $list_int.transformList(@int, @int, $int)
k $list_int.transformList(@int, @int, $bool, $int)
kf [?$optional, $int]
kf [$int, ?optional.of($int)]
""",
    "list_string": """
kf [$string, $string]
kf $string.split($string)
kf $string.split($string, $int)
kf $list_int.map(@int, $string)
kf $conditions.map(@condition, $string)
kf $list_string.filter(@string, $bool)
k $string.findAll('[a-z]')
k $string.findAll($string)
k $string.findAll('.', $int)
k $list_string.sort()
k $list_string.distinct()
k $list_string.reverse()
k $list_string.slice($int, $int)
k $list_string.sortBy(@string, $string.size())
""",
    "list_double": "kf [$double, $double]\nkf $list_int.map(@int, $double)\nk $list_double.sort()\nk $list_double.distinct()\n",
    "list_any": """
kf [$any, $any]
kf [dyn($any), dyn($any)]
kf ($list_any + $list_any)
kf $list_any.map(@any, $any)
kf $list_any.filter(@any, $bool)
k $list_any.flatten()
k $list_any.flatten($int)
k $list_any.distinct()
k $list_any.sort()
k $list_any.reverse()
k [$string, $string].transformList(@int, @string, $any)
kf [?$optional, ?$optional]
""",
    "conditions": "kf $conditions.filter(@condition, $bool)\nkf status.conditions\n",
    "condition": "kf $conditions[$int]\nkf $conditions.filter(@condition, $bool)[0]\n",
    "map": """
kf {$string: $any}
kf {'a': $any, 'b': $any}
kf {$string: $int, $string: $int}
kf {$int: $string}
kf {$bool: $any}
kf {$any: $any}
kf {?$string: $optional}
kf {?'a': optional.of($any), 'b': $any}
kf $condition
kf $map.a
k $map.transformMap(@string, @any, $any)
k $map.transformMap(@string, @any, $bool, $any)
k $list_int.transformMapEntry(@int, @int, {$int: $int})
k $list_string.transformMapEntry(@int, @string, {$string: $int})
k $list_string.transformMap(@int, @string, $string)
k $url.getQuery()
""",
    "optional": """
kf optional.of($any)
kf optional.ofNonZeroValue($any)
kf $map.?a
kf $map.?a.b
kf $map[?$string]
kf $map[?$any]
kf $list_any[?$int]
kf $optional.or($optional)
kf $optional.optMap(@any, $any)
kf $optional.optFlatMap(@any, $optional)
kf $optional.?a
kf $optional[?$string]
kf $condition.?reason
k $list_any.first()
k $list_any.last()
k format.dns1035Label().validate($string)
k format.qualifiedName().validate($string)
k format.uri().validate($string)
k format.uuid().validate($string)
k format.date().validate($string)
k format.datetime().validate($string)
k format.byte().validate($string)
k format.labelValue().validate($string)
k format.named('dns1123LabelPrefix')
""",
    "type": "kf type($any)\nkf type($list_any)\nkf type($map)\nkf type($optional)\nkf type($type)\n",
    "quantity": """
k quantity($string)
k $quantity.add($quantity)
k $quantity.sub($quantity)
k $quantity.add($int)
k $quantity.sub($int)
""",
    "ip": "k ip($string)\nk $cidr.ip()\n",
    "cidr": "k cidr($string)\nk $cidr.masked()\n",
    "url": "k url($string)\n",
    "semver": "k semver($string)\nk semver($string, $bool)\n",
}


def _rows(text):
    return [tuple(line.split(" ", 1)) for line in text.strip("\n").split("\n")]


PRODUCTIONS = {name: _rows(text) for name, text in {"bool": BOOL, "int": INT, "string": STRING, **OTHER}.items()}
