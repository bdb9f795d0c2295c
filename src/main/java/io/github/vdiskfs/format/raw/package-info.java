// SPDX-License-Identifier: Apache-2.0
/**
 * Raw disks: guest offset = host offset, and the holes are the host file's own.
 *
 * <p>There is no signature. Whether a file is a raw disk is decided by its name alone (or by an
 * image that names it as its raw backing file), never by its content: a guest can write any
 * content.
 */
@NullMarked
package io.github.vdiskfs.format.raw;

import org.jspecify.annotations.NullMarked;
