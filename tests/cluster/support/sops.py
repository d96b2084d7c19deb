# SPDX-License-Identifier: 0BSD
"""Files that the real sops encrypted, for keys of a test."""

import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
TOOLS = pathlib.Path(os.environ.get("STAGESET_TEST_TOOLS", str(ROOT / "build/tools")))


def run(tool, *args, text=None, env=None):
    return subprocess.run([str(TOOLS / tool), *args], check=True, capture_output=True, text=True, input=text, env=env).stdout


class AgeKey:
    """A new age key pair."""

    def __init__(self):
        self.identity = run("age-keygen")
        self.recipient = re.search(r"# public key: (\S+)", self.identity).group(1)
        self.secret = re.search(r"AGE-SECRET-KEY-\S+", self.identity).group(0)


def encrypt(text, key, name="file.yaml", *flags, config=None, **environment):
    """What `sops` makes of `text` for an age key, or with key None for what `flags` or the file `config` name; `name` decides
    the format."""
    kind = {".yaml": "yaml", ".json": "json", ".env": "dotenv", ".ini": "ini"}.get(pathlib.Path(name).suffix, "binary")
    if name == ".env":
        kind = "dotenv"
    recipient = ["--age", key.recipient] if key else []
    settings = ["--config", str(config)] if config else []
    return run("sops", "--disable-version-check", *settings, "encrypt", *recipient, "--input-type", kind,
               "--output-type", "json" if kind == "binary" else kind, *flags, "/dev/stdin", text=text,
               env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment})
