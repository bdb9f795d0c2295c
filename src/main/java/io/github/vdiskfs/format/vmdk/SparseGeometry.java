// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

/**
 * Where a sparse extent keeps its tables and how large they are: what hosted and ESX headers have
 * in common, checked by whichever of them made it.
 *
 * @param capacitySectors guest sectors of the extent, at least 1
 * @param grainSectors sectors of a grain, a power of two
 * @param gtesPerGt entries of a grain table
 * @param gdOffset host offset of the grain directory
 * @param rgdOffset host offset of the redundant grain directory, or 0 where there is none
 * @param headerSectors sectors at the start of the file that neither table nor grain may touch
 * @param zeroedGrains a grain table entry of 1 is a grain of zeroes
 * @param compressed grains are deflate streams
 * @param markers a marker precedes each compressed grain
 */
record SparseGeometry(
    long capacitySectors,
    int grainSectors,
    int gtesPerGt,
    long gdOffset,
    long rgdOffset,
    int headerSectors,
    boolean zeroedGrains,
    boolean compressed,
    boolean markers) {

  /**
   * Most entries of a grain directory, as in QEMU: 128 MiB on the host, which describe 1 PiB in
   * grains of 64 KiB. It bounds the capacity that a header may claim.
   */
  static final long MAX_GD_ENTRIES = 32 << 20;

  /** Entries of the grain directory: one for each grain table. */
  static long gdEntries(long capacitySectors, long grainSectors, long gtesPerGt) {
    long sectorsPerTable = grainSectors * gtesPerGt;
    return capacitySectors / sectorsPerTable + (capacitySectors % sectorsPerTable == 0 ? 0 : 1);
  }

  /** The ESX header fills 2048 bytes. */
  static final int ESX_HEADER_SECTORS = 4;

  /** Bytes of an entry of directory or table: a sector number. */
  static final int ENTRY_BYTES = 4;

  /** True for an extent of ESX. */
  boolean isEsx() {
    return headerSectors == ESX_HEADER_SECTORS;
  }

  long gdEntries() {
    return gdEntries(capacitySectors, grainSectors, gtesPerGt);
  }

  /** Grains of the extent; the last one may be cut by the capacity. */
  long grains() {
    return capacitySectors / grainSectors + (capacitySectors % grainSectors == 0 ? 0 : 1);
  }

  /** Entries of a grain table; the last one has only those that the capacity needs. */
  long entriesOf(long gdIndex) {
    return Math.min(gtesPerGt, grains() - gdIndex * gtesPerGt);
  }

  /** Sectors of a whole grain table. */
  long tableSectors() {
    return ((long) gtesPerGt * ENTRY_BYTES + Sectors.BYTES - 1) / Sectors.BYTES;
  }

  /** Sectors of the grain directory. */
  long directorySectors() {
    return (gdEntries() * ENTRY_BYTES + Sectors.BYTES - 1) / Sectors.BYTES;
  }

  int grainBytes() {
    return grainSectors * Sectors.BYTES;
  }

  long sizeBytes() {
    return capacitySectors * Sectors.BYTES;
  }

  /** Guest bytes of the last grain. */
  int lastGrainBytes() {
    return (int) (sizeBytes() - (grains() - 1) * grainBytes());
  }
}
