# SPDX-License-Identifier: 0BSD
"""Random inputs for the originals and for us."""
