// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

/**
 * Every shift and mask of the mapping: how a guest offset splits into table indexes, and which bits
 * of an entry mean what ("Cluster mapping" in the specification).
 *
 * <pre>
 *   guest offset:  | l1Index | l2Index | offset in cluster (clusterBits) |
 * </pre>
 *
 * @param clusterBits the cluster size is {@code 1 << clusterBits} bytes
 * @param zeroBit bit 0 of an L2 entry may be set: version 3 has zero clusters, version 2 has not
 * @param extendedL2 entries have 16 bytes: the second 8 describe 32 subclusters
 * @param externalData guest data is in a file of its own, at its guest offset
 */
record Qcow2Layout(int clusterBits, boolean zeroBit, boolean extendedL2, boolean externalData) {
  /** Bytes of an L1 entry. */
  static final int L1_ENTRY_BYTES = 8;

  /** Subclusters of a cluster, where L2 entries are extended. */
  static final int SUBCLUSTERS = 32;

  private static final int SUBCLUSTER_BITS = 5;

  /** Compressed clusters are measured in sectors of this size. */
  private static final int SECTOR_BYTES = 512;

  /** Bits 9 to 55 of an L1 entry: host offset of the L2 table; of an L2 entry: of the cluster. */
  private static final long OFFSET_MASK = 0x00FF_FFFF_FFFF_FE00L;

  /** Bit 63 of an L1 or L2 entry: what it points to has a refcount of exactly one. */
  private static final long COPIED = 1L << 63;

  /** Bit 62 of an L2 entry: the rest is a compressed cluster descriptor. */
  private static final long COMPRESSED = 1L << 62;

  /** Bit 0 of an L2 entry without subclusters: the cluster reads as zeroes. */
  static final long ZERO = 1;

  /** Bytes of a cluster. */
  long clusterBytes() {
    return 1L << clusterBits;
  }

  /** Bytes of an L2 entry. */
  int l2EntryBytes() {
    return extendedL2 ? 16 : 8;
  }

  /** Entries of an L2 table, which fills one cluster. */
  long l2Entries() {
    return clusterBytes() / l2EntryBytes();
  }

  /** Guest bytes that one L1 entry stands for, as a power of two. */
  int l1Shift() {
    return clusterBits + Long.numberOfTrailingZeros(l2Entries());
  }

  /** L1 entries that a disk needs. */
  long l1EntriesFor(long sizeBytes) {
    return sizeBytes == 0 ? 0 : ((sizeBytes - 1) >>> l1Shift()) + 1;
  }

  /** Index into the L1 table. */
  long l1Index(long guestOffset) {
    return guestOffset >>> l1Shift();
  }

  /** Index into the L2 table. */
  long l2Index(long guestOffset) {
    return (guestOffset >>> clusterBits) & (l2Entries() - 1);
  }

  /** Guest offset at which L1 entry {@code l1Index} begins. */
  long guestOffsetOfL1(long l1Index) {
    return l1Index << l1Shift();
  }

  /** Guest offset of the cluster that {@code guestOffset} lies in. */
  long clusterStart(long guestOffset) {
    return guestOffset & -clusterBytes();
  }

  /** True where an offset, guest or host, is a multiple of the cluster size. */
  boolean isAligned(long offset) {
    return (offset & (clusterBytes() - 1)) == 0;
  }

  /** The subcluster that {@code guestOffset} lies in; 0 where clusters are not divided. */
  int subcluster(long guestOffset) {
    return extendedL2 ? (int) (guestOffset >>> subclusterBits()) & (SUBCLUSTERS - 1) : 0;
  }

  /**
   * A bit for each subcluster of the cluster at {@code guestCluster} that starts in a range; all
   * bits where clusters are not divided.
   *
   * @param end behind the last byte of the range
   */
  int subclusterMask(long guestCluster, long start, long end) {
    if (!extendedL2) {
      return -1;
    }
    int from = (int) (Math.max(0, start - guestCluster) >>> subclusterBits());
    long length = Math.min(end - guestCluster, clusterBytes());
    int to = (int) ((length + (1L << subclusterBits()) - 1) >>> subclusterBits());
    return (int) ((1L << to) - (1L << from));
  }

  /** Size of a subcluster, or of a cluster that is not divided, as a power of two. */
  int subclusterBits() {
    return extendedL2 ? clusterBits - SUBCLUSTER_BITS : clusterBits;
  }

  /** Host offset of the L2 table that an L1 entry points to, or 0 where there is none. */
  static long l2TableOffset(long l1Entry) {
    return l1Entry & OFFSET_MASK;
  }

  static boolean isCompressed(long descriptor) {
    return (descriptor & COMPRESSED) != 0;
  }

  static boolean hasZeroBit(long descriptor) {
    return (descriptor & ZERO) != 0;
  }

  /** Host offset of a cluster; 0 is also what an entry without a cluster has. */
  static long clusterOffset(long descriptor) {
    return descriptor & OFFSET_MASK;
  }

  /** True where an L1 or L2 entry says that what it points to belongs to it alone. */
  static boolean isCopied(long entry) {
    return (entry & COPIED) != 0;
  }

  /** An L1 or L2 entry for what belongs to it alone. */
  static long copiedEntry(long hostOffset) {
    return hostOffset | COPIED;
  }

  /** The entry with its flag for "belongs to it alone" set anew. */
  static long withCopied(long entry, boolean copied) {
    return copied ? entry | COPIED : entry & ~COPIED;
  }

  /** True where an entry has a host cluster; in an external file it may be the one at offset 0. */
  boolean hasCluster(long descriptor) {
    return clusterOffset(descriptor) != 0 || (externalData && (descriptor & COPIED) != 0);
  }

  /**
   * Host offset of a compressed cluster, not aligned to anything: the lower x bits of the
   * descriptor, with x = 62 - (clusterBits - 8).
   */
  long compressedOffset(long descriptor) {
    return descriptor & ((1L << compressedShift()) - 1);
  }

  /**
   * The most bytes that a compressed cluster takes: to the end of the sector that its first byte is
   * in, and as many further sectors as the bits above the offset say.
   */
  int compressedBytes(long descriptor) {
    long sizeMask = (1L << (clusterBits - 8)) - 1;
    long sectors = ((descriptor >>> compressedShift()) & sizeMask) + 1;
    long inSector = compressedOffset(descriptor) & (SECTOR_BYTES - 1);
    return (int) (sectors * SECTOR_BYTES - inSector);
  }

  private int compressedShift() {
    return 62 - (clusterBits - 8);
  }
}
