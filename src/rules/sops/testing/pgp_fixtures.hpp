// SPDX-License-Identifier: 0BSD
// OpenPGP keys and messages, made with GnuPG for these tests only; they protect nothing. The armor's first and last lines are
// added here, so that no file looks as if it held a real key.
#pragma once

#include <string>
#include <string_view>

namespace sops::testing {

inline std::string armored(std::string_view kind, std::string_view body) {
    return "-----BEGIN PGP " + std::string(kind) + "-----\n\n" + std::string(body) + "-----END PGP " +
           std::string(kind) + "-----\n";
}
inline std::string private_key(std::string_view body) { return armored("PRIVATE KEY BLOCK", body); }
inline std::string message(std::string_view body) { return armored("MESSAGE", body); }

// What all messages hold.
constexpr std::string_view kContent = "0123456789abcdef0123456789abcdef";

// ed25519 with a cv25519 subkey that decrypts.
constexpr std::string_view kAlpha =
    "lFgEaw1UeBYJKwYBBAHaRw8BAQdA8hE3XBASa/+j7jpWphXn50Hxaw3i3Bla3Xrv\n"
    "2dIjghMAAP9Xlg/sWsTDM/jvDMhHIX+BUNvuHlpl2W5MvtE7Kffe6hJZtAVhbHBo\n"
    "YYiQBBMWCAA4FiEExCy24CBzrmvM20mfTfrOnQJUSXQFAmsNVHgCGwMFCwkIBwIG\n"
    "FQoJCAsCBBYCAwECHgECF4AACgkQTfrOnQJUSXQCpAD+NIS+E3wJez2PXG1GNzkT\n"
    "weiVrRGues4rbW1ucz8pUBEA/iikQAlFxBZ/YI7dbIU6qbQRgm/Do5QWafnUb3qN\n"
    "I5kLnF0Eaw1UeBIKKwYBBAGXVQEFAQEHQDvHNYUZYZ9eqFdgW4lKQjav1iGr67gE\n"
    "K7UT7S7YrxlQAwEIBwAA/1cqeFzNkX3n/OHs9OnXj3B5S14ae+/VEObD8T1f31P4\n"
    "FH2IeAQYFggAIBYhBMQstuAgc65rzNtJn036zp0CVEl0BQJrDVR4AhsMAAoJEE36\n"
    "zp0CVEl0iIoBAMzJtrWpIYwZJvMgtulvC6cyXohL6Aa2zt0YQKfZPCfkAQD7e8/I\n"
    "cYOz/od4mMsOfU6AghrItLZx1ekmndZ8LWD4Cg==\n"
    "=RrcX\n";

// The same key, its primary private part left out (gpg --export-secret-subkeys).
constexpr std::string_view kAlphaSubkeys =
    "lDsEaw1UeBYJKwYBBAHaRw8BAQdA8hE3XBASa/+j7jpWphXn50Hxaw3i3Bla3Xrv\n"
    "2dIjghP/AGUAR05VAbQFYWxwaGGIkAQTFggAOBYhBMQstuAgc65rzNtJn036zp0C\n"
    "VEl0BQJrDVR4AhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheAAAoJEE36zp0CVEl0\n"
    "AqQA/jSEvhN8CXs9j1xtRjc5E8Hola0RrnrOK21tbnM/KVARAP4opEAJRcQWf2CO\n"
    "3WyFOqm0EYJvw6OUFmn51G96jSOZC5xdBGsNVHgSCisGAQQBl1UBBQEBB0A7xzWF\n"
    "GWGfXqhXYFuJSkI2r9Yhq+u4BCu1E+0u2K8ZUAMBCAcAAP9XKnhczZF95/zh7PTp\n"
    "149weUteGnvv1RDmw/E9X99T+BR9iHgEGBYIACAWIQTELLbgIHOua8zbSZ9N+s6d\n"
    "AlRJdAUCaw1UeAIbDAAKCRBN+s6dAlRJdIiKAQDMyba1qSGMGSbzILbpbwunMl6I\n"
    "S+gGts7dGECn2Twn5AEA+3vPyHGDs/6HeJjLDn1OgIIayLS2cdXpJp3WfC1g+Ao=\n"
    "=duMU\n";

// Another such key.
constexpr std::string_view kOther =
    "lFgEaw1UfBYJKwYBBAHaRw8BAQdAhMR/BQbDOQkpFCFdPUA7nxE9cm9pO41g4dnA\n"
    "pwSrpYwAAQCWACYWJXF4du1ftFkx1CoOTSohp70JLnC2ZwJMEqBJHAsStAVvdGhl\n"
    "coiQBBMWCAA4FiEEbDQi8n0fRcpCefGbLKYADER3SJwFAmsNVHwCGwMFCwkIBwIG\n"
    "FQoJCAsCBBYCAwECHgECF4AACgkQLKYADER3SJxzLQD+Pi9amVbqCFDrvGME6iO8\n"
    "AttB0vvhv+JT+aj89ckhkLwA/2if+c3xY3LyKWaHroW5MnnX3kdlRtIklvqF5lfv\n"
    "+jYOnF0Eaw1UfBIKKwYBBAGXVQEFAQEHQIw/Tu5r8+lZOTLiNN0F8T4AWYJHeSXG\n"
    "JOQ3rLUxIAZwAwEIBwAA/1crIIoFkfMvbOOztiQy8DiMRcw1SBodijaEwgMS6gz4\n"
    "DnOIeAQYFggAIBYhBGw0IvJ9H0XKQnnxmyymAAxEd0icBQJrDVR8AhsMAAoJECym\n"
    "AAxEd0icszoBAPSiJGH7mBuQLWtE6n94Cr4u+AX/TzWfXjQyAbAo6jKNAQD+U038\n"
    "pDm5k7Gc7eB+ZE5mhzDpsx/hedou9ZuSla/BAg==\n"
    "=j0v5\n";

// One that a passphrase protects.
constexpr std::string_view kLocked =
    "lIYEaw1UeBYJKwYBBAHaRw8BAQdA7N1p156Mjba5uaixjrhWvml9q2lLWNeiTKgt\n"
    "9JE2Yjr+BwMCAGYond8UwkP/8t4zbg3Sq9mp3480DWjwVUPndZsf5ElVub4tGWaf\n"
    "xU/nF8MEn2PnwSQ9xxEhXWtyh8hEV81sjNmyWoNJGhkQzT+OI6FSMbQGbG9ja2Vk\n"
    "iJAEExYIADgWIQQ6YkMkB9uI+OZNvx4nT699J04NwgUCaw1UeAIbAwULCQgHAgYV\n"
    "CgkICwIEFgIDAQIeAQIXgAAKCRAnT699J04NwhqrAQDRxOqZCqKW+KhQy4vCqDBT\n"
    "Lk0yv39vFW+4wqmkUbsuegD8D63wEniFrvu8sb9MOTF3WoRKql+ewljJo3DPkSmA\n"
    "bgaciwRrDVR4EgorBgEEAZdVAQUBAQdAAsaYdsGGPfcMbpv+c+/TxwFSz6ZH1p/W\n"
    "oIS32klmSwoDAQgH/gcDAguUus7YI66V/zNlCDZY9VzU0mYGzxgeJ2H2oo/bV8ye\n"
    "fNIKI0EEH9jxJ+yPxQhpNhfdqsgHrv+DZAXgH/IRWchRUhhQkRiCiugM1yU69EKI\n"
    "eAQYFggAIBYhBDpiQyQH24j45k2/HidPr30nTg3CBQJrDVR4AhsMAAoJECdPr30n\n"
    "Tg3Cz2kA/jjyKqYPi4MKHJqSET/HCjofxFPGsHEg4JiM5NtTpF8AAQDTfunZsjOf\n"
    "qUFE+AUuyhGlMjHPpvNK+X9GV243MY/KCQ==\n"
    "=0ivE\n";

// The public part of kAlpha.
constexpr std::string_view kAlphaPublic =
    "mDMEaw1UeBYJKwYBBAHaRw8BAQdA8hE3XBASa/+j7jpWphXn50Hxaw3i3Bla3Xrv\n"
    "2dIjghO0BWFscGhhiJAEExYIADgWIQTELLbgIHOua8zbSZ9N+s6dAlRJdAUCaw1U\n"
    "eAIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRBN+s6dAlRJdAKkAP40hL4T\n"
    "fAl7PY9cbUY3ORPB6JWtEa56zittbW5zPylQEQD+KKRACUXEFn9gjt1shTqptBGC\n"
    "b8OjlBZp+dRveo0jmQu4OARrDVR4EgorBgEEAZdVAQUBAQdAO8c1hRlhn16oV2Bb\n"
    "iUpCNq/WIavruAQrtRPtLtivGVADAQgHiHgEGBYIACAWIQTELLbgIHOua8zbSZ9N\n"
    "+s6dAlRJdAUCaw1UeAIbDAAKCRBN+s6dAlRJdIiKAQDMyba1qSGMGSbzILbpbwun\n"
    "Ml6IS+gGts7dGECn2Twn5AEA+3vPyHGDs/6HeJjLDn1OgIIayLS2cdXpJp3WfC1g\n"
    "+Ao=\n"
    "=e+zx\n";

// Encrypted for kAlpha.
constexpr std::string_view kForAlpha =
    "hF4DQTdCNwSOX7gSAQdAU4A0jQ9+taKqcY0bqdsmMLuvFXgwy5ZqYgVOwZs0wG4w\n"
    "B6GcDubX4U8wSoli+uYF/y2iSs2F3kMen0TmpJrVxO/QleuKaTK1zfd/PRzCg3Bk\n"
    "0k0BzLS0e6jFLBdTamxU8fMk/4SZSo4utGlaQQaxE1o1MBvRcPxAqMdgXrdyZ9O9\n"
    "eSD0hgL2anRaV/1tbZ4HcMI5kFmZawlZ6IIv9JjJEQ==\n"
    "=0o1j\n";

// For kOther and kAlpha.
constexpr std::string_view kForBoth =
    "hF4DOAMRRccz2RgSAQdAtJnV8or1EABSlM7PJS8mVfEhuRCNN9k6e+T6knFfSVYw\n"
    "xUnzOxlysqkXdQv36k2fukPURlJzNOsGNdEptFqPDjnKUG+WV7sG9HKOOa1GxKsb\n"
    "hF4DQTdCNwSOX7gSAQdAarmK43EzoxgK7sc4ub+ulKL4vX6SGAMtqxOBu5YsyjEw\n"
    "XSmYx6IdgAg+83m1htuuaHZFDVVasmmWYpL0FU7aG6RINZ1+EwI+0ugDxM98Pgux\n"
    "0k0B+cMUjp/XZyPORdHFiqopr4FdqkQcL1BGV8kcUDFSab1ImjbZbOy4MW8c93hO\n"
    "Z0fxAaBnBOkNrfKokEN8B0M/DHpDQZGb5ASt1LxYQA==\n"
    "=ffns\n";

// For kAlpha, which it does not name.
constexpr std::string_view kForHidden =
    "hF4DAAAAAAAAAAASAQdAodrJUOIlecovRQsgp5R3eENt+8NcNzgDybT/dxg8w1Qw\n"
    "3dAY0+dkcnVQEi0OZG5kon/sL3HErQJkuMzAckv3R/1y1OT16H0F73vG/CIg5S0G\n"
    "0k0BYe/F7Fxvv2RBR9nIz1baEXH7L1oCmYZxVR1X9pzyWpQiWCaEo1+sGDoxRS+V\n"
    "Wt3vaaqQyZWxk1oy41GXsLwAYrOgcxmVNH2HLrtloQ==\n"
    "=P/ME\n";

// For kAlpha, without integrity protection.
constexpr std::string_view kUnprotected =
    "hFYDQTdCNwSOX7gSAQdAbpXUNt9rjD24Ao8mVGz0kxhZYy55mf0SCdbckC9HDjoo\n"
    "01lls9K7CWwY9Y2P6fuz85IC3pUhwtZm1474GntIihcgKHFIrpMChMkuDIB246JS\n"
    "2jmM2xYLG8Eu4bt0zEeFHwhh4z61+Cs7LlkQS0GWER4hdnqjxgCrQw==\n"
    "=bPzY\n";

// Not encrypted at all.
constexpr std::string_view kPlain =
    "owE7rZbEkM0bUmdgaGRsYmpmbmGZmJSckpqGzgcA\n"
    "=+c3g\n";

// For kAlpha: 100,000 zeros, compressed.
constexpr std::string_view kLarge =
    "hF4DQTdCNwSOX7gSAQdAvYNUtihNWwSk5bgkq0/6gLmOOdOYRK/6YB/+1KR66Dow\n"
    "AtrY+FzSQMcfwabGMPVSL+OOIBag3+hZJEr0S28mWy1maY21tF5xdINIWHHIiuHL\n"
    "0sAjAUARDV/44/U5P2jymbdIsjrgsjUfmeRY+1PLwJQpw1mWFxhJrPiwxYGAhyKM\n"
    "DRPmOz+YH+2JveR6RvSrMvDFo6LocmNwn3chCZKCIUzrZKDcPcBsLnHxKLwtJpxO\n"
    "QHagW7gmiKnUksWwy+bAdmmsDPuZlrGVjA9sid2ZM1JSXlBai7pNs6VyuD8q/wQ2\n"
    "EMfCcaYQ302uArzOT/j+d5LjiEfa0tf2gR+8pO785uUD7koQNqo00+WVSuKODcJz\n"
    "cEyH6NfsYClgJAAwNDWTjClqZDFl+SMtX2Lp0jLlA180luYvfIA=\n"
    "=BNzO\n";

}  // namespace sops::testing
