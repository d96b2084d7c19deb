# SPDX-License-Identifier: 0BSD
"""What CEL expressions are made of: by type, the templates that give it. $int is a hole for an int, @int binds a name."""

from generate import odd
from generate.cel_leaves import LEAVES

CONCRETE = [name for name in LEAVES if name not in ("conditions", "condition") and not name.endswith("_text")]
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
kf bool($bool_text)
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
k isQuantity($quantity_text)
k $quantity.isGreaterThan($quantity)
k $quantity.isLessThan($quantity)
k $quantity.isInteger()
k isIP($ip_text)
k ip.isCanonical($ip_text)
k $ip.isLoopback()
k $ip.isUnspecified()
k $ip.isGlobalUnicast()
k $ip.isLinkLocalMulticast()
k $ip.isLinkLocalUnicast()
k isCIDR($cidr_text)
k $cidr.containsIP($ip)
k $cidr.containsIP($ip_text)
k $cidr.containsCIDR($cidr)
k $cidr.containsCIDR($cidr_text)
k isURL($url_text)
k isSemver($semver_text)
k isSemver($semver_text, $bool)
k $semver.isGreaterThan($semver)
k $semver.isLessThan($semver)
k format.dns1123Label().validate($format_text).hasValue()
k format.named($format_text).hasValue()
k format.named('dns1123SubdomainPrefix').value().validate($format_text).hasValue()
k format.named('dns1035LabelPrefix').value().validate($format_text).hasValue()
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
kf int($number_text)
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
kf $list_int[dyn($double)]
kf $list_int[dyn($uint)]
kf {'a': $int}.a
kf {'a': $int, 'b': $int}[$string]
kf {1: $int, 2: $int}[dyn($double)]
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
k sign($quantity)
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
k string($ip)
k string($cidr)
k $url.getScheme()
k $url.getHost()
k $url.getHostname()
k $url.getPort()
k $url.getEscapedPath()
k $list_string.min()
k $list_string.max()
k format.dns1123Subdomain().validate($format_text).orValue([])[0]
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
kf uint($number_text)
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
kf double($number_text)
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
f base64.decode($base64_text)
f base64.decode(base64.encode($bytes))
""",
    "null": "kf ($bool ? null : $null)\nkf dyn(null)\n",
    "duration": """
kf ($duration + $duration)
kf ($duration - $duration)
kf ($timestamp - $timestamp)
kf duration($duration_text)
kf duration($duration)
k [$duration, $duration].sum()
kf duration(string($duration))
""",
    "timestamp": """
kf ($timestamp + $duration)
kf ($timestamp - $duration)
kf ($duration + $timestamp)
kf timestamp($int)
kf timestamp($time_text)
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
    "list_double": "kf [$double, $double]\nkf $list_int.map(@int, $double)\nk $list_double.distinct()\n",
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
k format.dns1035Label().validate($format_text)
k format.qualifiedName().validate($format_text)
k format.uri().validate($format_text)
k format.uuid().validate($format_text)
k format.date().validate($format_text)
k format.datetime().validate($format_text)
k format.byte().validate($format_text)
k format.labelValue().validate($format_text)
k format.named('dns1123LabelPrefix')
""",
    "type": "kf type($any)\nkf type($list_any)\nkf type($map)\nkf type($optional)\nkf type($type)\n",
    "quantity": """
k quantity($quantity_text)
k $quantity.add($quantity)
k $quantity.sub($quantity)
k $quantity.add($int)
k $quantity.sub($int)
""",
    "ip": "k ip($ip_text)\nk $cidr.ip()\n",
    "cidr": "k cidr($cidr_text)\nk $cidr.masked()\n",
    "url": "k url($url_text)\n",
    "semver": "k semver($semver_text)\nk semver($semver_text, $bool)\n",
}


def _rows(text):
    return [tuple(line.split(" ", 1)) for line in text.strip("\n").split("\n")]


PRODUCTIONS = {name: _rows(text) for name, text in {"bool": BOOL, "int": INT, "string": STRING, **OTHER}.items()}
PRODUCTIONS["map"] += [("kf", "{$any: $any}")] * odd.allowed("map-keys")
PRODUCTIONS["list_double"] += [("k", "$list_double.sort()")] * odd.allowed("sorted-nan")
