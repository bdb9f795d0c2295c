// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

/** The bits of an L2 entry. */
final class QcowEntry {
  /** What a cluster is. */
  enum Kind {
    /** Left to the backing file. */
    UNALLOCATED,
    /** At its host offset. */
    DATA,
    /** Compressed. */
    COMPRESSED,
    /** The host offset is impossible. */
    INVALID
  }

  /** Bit 63; the entry as a number is negative then. */
  private static final long COMPRESSED = 1L << 63;

  private static final long SECTOR_BYTES = 512;

  /** No file is larger; sums of offsets below it do not overflow. */
  private static final long MAX_HOST_OFFSET = 1L << 62;

  private QcowEntry() {}

  static Kind kind(long entry) {
    if (entry == 0) {
      return Kind.UNALLOCATED;
    }
    if ((entry & COMPRESSED) != 0) {
      return Kind.COMPRESSED;
    }
    return entry % SECTOR_BYTES == 0 && entry < MAX_HOST_OFFSET ? Kind.DATA : Kind.INVALID;
  }

  /** Host offset of a compressed cluster: the lower {@code 63 - clusterBits} bits. */
  static long compressedOffset(long entry, int clusterBits) {
    return entry & ((1L << (63 - clusterBits)) - 1);
  }

  /** Bytes of a compressed cluster: the {@code clusterBits} bits below bit 63. */
  static int compressedBytes(long entry, int clusterBits) {
    return (int) (entry >>> (63 - clusterBits)) & ((1 << clusterBits) - 1);
  }
}
