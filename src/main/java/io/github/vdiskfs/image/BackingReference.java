// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import org.jspecify.annotations.Nullable;

/**
 * The file that an image leaves unallocated ranges to.
 *
 * @param name the file's name as it stands in the image; relative names start at the image's folder
 * @param format QEMU's name of its format, or null where the image does not record it
 */
public record BackingReference(String name, @Nullable String format) {}
