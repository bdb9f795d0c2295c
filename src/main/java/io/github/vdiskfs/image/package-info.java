// SPDX-License-Identifier: Apache-2.0
/**
 * What a format implements.
 *
 * <p>An image says <em>where</em> guest bytes live and moves none of them. {@link
 * io.github.vdiskfs.image.ImageFormat} recognises and opens; {@link
 * io.github.vdiskfs.image.Image#map} answers for a guest offset with one {@link
 * io.github.vdiskfs.image.Extent}: data at a host offset, compressed, zero, hole, or "ask the
 * backing file". Reading, hole seeking, copy-on-write and printing a map are all written once,
 * elsewhere, on top of that one question.
 *
 * <p>Rules for a format:
 *
 * <ul>
 *   <li>Everything that comes from the file is checked in one place, the header class, against a
 *       named limit, before anything is allocated for it. Whatever is wrong becomes an {@link
 *       io.github.vdiskfs.image.ImageException} that says what, where, found and expected.
 *   <li>Opening reads the header and nothing that grows with the disk. Tables are read page by page
 *       through {@link io.github.vdiskfs.image.Table}, whose pages live in the mount's one {@link
 *       io.github.vdiskfs.image.TableCache}.
 *   <li>A bad table entry spoils its own range only.
 *   <li>Files that the image names are opened through the {@code StorageOpener} it is given.
 *   <li>{@code map} is safe for any number of threads and depends on nothing but its arguments.
 * </ul>
 */
@NullMarked
package io.github.vdiskfs.image;

import org.jspecify.annotations.NullMarked;
