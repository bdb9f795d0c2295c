// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

/**
 * What a volume says that it holds.
 *
 * @param type the name that {@code blkid} has for it, such as {@code ext4} or {@code LVM2_member}
 * @param label its label, or empty
 * @param uuid its UUID, as {@code blkid} writes it, or empty
 */
public record Content(String type, String label, String uuid) {}
