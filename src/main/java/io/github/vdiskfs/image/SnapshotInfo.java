// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

/**
 * An internal snapshot, with the fields that {@code qemu-img info} prints.
 *
 * @param vmStateSize bytes of the saved machine state
 * @param dateSeconds seconds since 1970
 * @param vmClockNanos the guest's running time
 * @param icount the guest's instruction count, or -1 where none was recorded
 * @param virtualSize the disk's size at that time, in bytes
 */
public record SnapshotInfo(
    String id,
    String name,
    long vmStateSize,
    long dateSeconds,
    int dateNanos,
    long vmClockNanos,
    long icount,
    long virtualSize) {}
