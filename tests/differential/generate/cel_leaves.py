# SPDX-License-Identifier: 0BSD
"""The smallest CEL expressions of each type: literals, paths, and calls that make a value of a library."""

from generate import odd

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
        "{'a': 1, 'a': 2}"],
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
    # Texts for one purpose; they have no templates.
    "ip_text": ["'10.0.0.1'", "'::1'", "'fe80::1'", "'2001:DB8::1'", "'::ffff:1.2.3.4'", "'0:0:0:0:0:0:0:1'", "'1.2.3'", "'::1%eth0'", "' 10.0.0.1'",
                "'1::2::3'", "'256.0.0.1'", "'10.0.0.01'"],
    "cidr_text": ["'10.0.0.0/8'", "'::/0'", "'10.1.2.3/16'", "'fe80::/10'", "'10.0.0.0/08'", "'10.0.0.0/-1'", "'::ffff:1.2.3.4/96'", "'10.0.0.0/33'",
                  "'10.0.0.1'", "'10.0.0.0/8 '", "'1.2.3.0/+8'"],
    "time_text": ["'2024-03-01T10:00:00Z'", "'2024-03-01T10:00:00.123456789+05:30'", "'1969-12-31T23:59:59.999Z'", "'2024-02-30T00:00:00Z'",
                  "'0000-01-01T00:00:00Z'", "'2024-03-01T10:00:60Z'", "'10000-01-01T00:00:00Z'", "'2024-03-01T10:00:00,5Z'", "'2024-3-1T10:00:00Z'",
                  "'2024-03-01T10:00:00.1234567891Z'", "'2024-03-01T10:00:00+24:00'", "'0001-01-01T00:00:00+01:00'", "'2024-03-01T10:00Z'"],
    "duration_text": ["'1s'", "'1.5h'", "'-1m30s'", "'100ms'", "'1h-1s'", "'.5s'", "'1.s'", "'+1s'", "'5'", "'9223372037s'", "'1s '", "'0.1ns'",
                      "'2562047h47m16.854775807s'", "'-0'", "'1H'", "'1.9999999999s'"],
    "quantity_text": ["'1'", "'1.5Gi'", "'-500m'", "'1e3'", "'1E'", "'.5'", "'5.'", "'1e'", "'1 Gi'", "'1gi'", "'+1k'", "'0.0000000001'", "'1E3'",
                      "'99999999999999999999'", "'1.23456789012345678901Ki'", "'--1'", "'1n'", "'0x1'", "'1e-30'", "'00.100'", "'1e19'", "'1500m'"],
    "url_text": ["'https://h:1/p?q=1#f'", "'/p'", "'http://h'", "'p'", "'mailto:a@b'", "'http://h:x'", "'//h/p'", "'http://[::1'", "'?q'", "'http://h/ p'",
                 "'http://h?k=%41&k&=v&a+b=c+d'", "'http://u@h:80'", "'/%2f'", "'1http://h'", "'http://h#%zz'", "'http://[fe80::1%25en0]:8/'", "'*'"],
    "semver_text": ["'1.2.3'", "'1.2.3-rc.1+b.2'", "'v1.2.3'", "'1.2'", "'1.02.3'", "'1.2.3-'", "'1.2.3+'", "'1.2.3-a..b'", "'1.2.3.4'", "' 1.2.3'",
                    "'1.2.3-é'", "'v1'", "'1.2.3-0'", "'1.2.3-00'", "'V1.2.3'", "'1.2.3+00'", "'99999999999999999999.0.0'", "'1.2-a'"],
    "number_text": ["'1'", "'-1'", "'+1'", "'1.5'", "'1e3'", "'0x1F'", "' 1'", "'1u'", "'01'", "'9223372036854775807'", "'9223372036854775808'", "'1_000'",
                    "'Inf'", "'-Infinity'", "'nan'", "'.5'", "'5.'", "'0x1p-2'", "'1e400'", "'infinit'", "'-0'", "'1e-400'", "'+Inf'", "'18446744073709551615'"],
    "bool_text": ["'true'", "'True'", "'TRUE'", "'t'", "'T'", "'1'", "'0'", "'f'", "'FALSE'", "'tRue'", "'yes'", "' true'", "'False'", "''"],
    "format_text": ["'web'", "'web-1'", "'Web'", "'-a'", "'a.b'", "'a..b'", "'1a'", "'a/b'", "'example.com/name'", "'/b'", "'é'", "'2024-01-01'", "'2024-13-01'",
                    "'2024-01-01T00:00:00Z'", "'123e4567-e89b-12d3-a456-426614174000'", "'http://h/p'", "'aGVsbG8='", "'aGVsbG8'", "''", "'a_b'", "'a-'",
                    "'urn:uuid:x'", "'" + "a" * 64 + "'", "'2024-01-01 00:00:00'", "'123E4567E89B12D3A456426614174000'"],
    "base64_text": ["'aGVsbG8='", "'aGVsbG8'", "''", "'_-8='", "'+/8='", "'a'", "'aGVs\\nbG8='"],
}  # fmt: skip
LEAVES["map"] += ["{1: 1, 1u: 2}"] * odd.allowed("equal-keys")
