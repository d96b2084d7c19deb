// SPDX-License-Identifier: 0BSD
// The precompiled headers belong to this otherwise empty translation unit.
