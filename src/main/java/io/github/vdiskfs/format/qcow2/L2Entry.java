// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

/**
 * One entry of an L2 table: what a cluster is, and each of its subclusters where entries are
 * extended.
 *
 * @param descriptor the first 8 bytes: host cluster and flags
 * @param bitmap the second 8 bytes of an extended entry, else 0: "allocated" bits of the
 *     subclusters in the lower half, "reads as zeroes" bits in the upper half
 */
record L2Entry(long descriptor, long bitmap) {
  /** What a cluster or subcluster is. */
  enum Kind {
    /** Left to the backing file. */
    UNALLOCATED,
    /** Left to the backing file, with a host cluster in reserve: of some subclusters only. */
    RESERVED,
    /** In the host cluster. */
    DATA,
    /** Zeroes. */
    ZERO,
    /** Zeroes with a host cluster in reserve. */
    ZERO_ALLOCATED,
    /** The whole cluster is compressed. */
    COMPRESSED,
    /** The entry contradicts the specification: {@link L2Entry#problem}. */
    INVALID;

    boolean hasHostOffset() {
      return this == RESERVED || this == DATA || this == ZERO_ALLOCATED;
    }
  }

  /**
   * What one subcluster is.
   *
   * @param subcluster 0 where clusters are not divided
   * @param guestCluster guest offset of the cluster
   */
  Kind kind(Qcow2Layout layout, int subcluster, long guestCluster) {
    if (Qcow2Layout.isCompressed(descriptor)) {
      return layout.externalData() ? Kind.INVALID : Kind.COMPRESSED;
    }
    boolean hasCluster = layout.hasCluster(descriptor);
    if (hasCluster && !hostOffsetIsSound(layout, guestCluster)) {
      return Kind.INVALID;
    }
    if (layout.extendedL2()) {
      return subclusterKind(subcluster, hasCluster);
    }
    if (Qcow2Layout.hasZeroBit(descriptor)) {
      return !layout.zeroBit() ? Kind.INVALID : hasCluster ? Kind.ZERO_ALLOCATED : Kind.ZERO;
    }
    return hasCluster ? Kind.DATA : Kind.UNALLOCATED;
  }

  private Kind subclusterKind(int subcluster, boolean hasCluster) {
    int impossible = hasCluster ? allocated() & zero() : allocated();
    if (impossible != 0) {
      return Kind.INVALID;
    }
    if ((zero() >>> subcluster & 1) != 0) {
      return hasCluster ? Kind.ZERO_ALLOCATED : Kind.ZERO;
    }
    if ((allocated() >>> subcluster & 1) != 0) {
      return Kind.DATA;
    }
    return hasCluster ? Kind.RESERVED : Kind.UNALLOCATED;
  }

  /** How many subclusters from {@code subcluster} on, which is of this kind, are of it too. */
  int run(Qcow2Layout layout, Kind kind, int subcluster) {
    if (!layout.extendedL2()) {
      return 1;
    }
    int same =
        switch (kind) {
          case DATA -> allocated();
          case ZERO, ZERO_ALLOCATED -> zero();
          case UNALLOCATED, RESERVED -> ~(allocated() | zero());
          case COMPRESSED, INVALID -> -1;
        };
    return Math.min(
        Integer.numberOfTrailingZeros(~(same >>> subcluster)),
        Qcow2Layout.SUBCLUSTERS - subcluster);
  }

  /** Host offset of the cluster, where it has one. */
  long hostOffset() {
    return Qcow2Layout.clusterOffset(descriptor);
  }

  /** Why the entry is {@code INVALID}, in words. */
  String problem(Qcow2Layout layout, long guestCluster) {
    String entry = String.format("L2 entry 0x%016x ", descriptor);
    if (Qcow2Layout.isCompressed(descriptor)) {
      return entry + "is a compressed cluster in an image with an external data file";
    }
    if (!layout.isAligned(hostOffset())) {
      return entry + "has a cluster offset that is no multiple of " + layout.clusterBytes();
    }
    if (layout.hasCluster(descriptor) && !hostOffsetIsSound(layout, guestCluster)) {
      return entry + "is not at its guest offset " + guestCluster + " in the external data file";
    }
    return layout.extendedL2()
        ? entry + String.format("contradicts its subcluster bitmap 0x%016x", bitmap)
        : entry + "is a zero cluster, which version 2 does not have";
  }

  private boolean hostOffsetIsSound(Qcow2Layout layout, long guestCluster) {
    return layout.isAligned(hostOffset())
        && (!layout.externalData() || hostOffset() == guestCluster);
  }

  /** True where bytes of the subcluster may be overwritten in place. */
  boolean isInPlace(Qcow2Layout layout, int subcluster, long guestCluster) {
    return Qcow2Layout.isCopied(descriptor) && kind(layout, subcluster, guestCluster) == Kind.DATA;
  }

  /** True where the cluster has host space of its own, which only waits for data. */
  boolean isReusable(Qcow2Layout layout, int subcluster, long guestCluster) {
    Kind kind = kind(layout, subcluster, guestCluster);
    return Qcow2Layout.isCopied(descriptor)
        && (kind == Kind.RESERVED || kind == Kind.ZERO_ALLOCATED || kind == Kind.DATA);
  }

  /**
   * True where subclusters outside of what is written have data that a new host cluster has to
   * receive too.
   */
  boolean mustMoveWhole(Qcow2Layout layout) {
    return Qcow2Layout.isCompressed(descriptor) || (layout.extendedL2() && allocated() != 0);
  }

  /** True where nothing is stored, and nothing hides what a backing file has. */
  boolean isEmpty() {
    return descriptor == 0 && bitmap == 0;
  }

  /** The entry after the subclusters of a mask were written to a host cluster. */
  L2Entry written(Qcow2Layout layout, long hostCluster, int mask) {
    long entry = Qcow2Layout.copiedEntry(hostCluster);
    if (!layout.extendedL2()) {
      return new L2Entry(entry, 0);
    }
    boolean same =
        !Qcow2Layout.isCompressed(descriptor)
            && layout.hasCluster(descriptor)
            && hostOffset() == hostCluster;
    int keptAllocated = same ? allocated() : 0;
    int keptZero = Qcow2Layout.isCompressed(descriptor) ? 0 : zero() & ~mask;
    return new L2Entry(entry, bitmap(keptAllocated | mask, keptZero));
  }

  /** The entry after the subclusters of a mask were made to read as zero. */
  L2Entry zeroed(Qcow2Layout layout, int mask) {
    if (!layout.extendedL2()) {
      return new L2Entry(layout.zeroBit() ? Qcow2Layout.ZERO : 0, 0);
    }
    int left = allocated() & ~mask;
    return new L2Entry(left == 0 ? 0 : descriptor, bitmap(left, zero() | mask));
  }

  private static long bitmap(int allocated, int zero) {
    return (long) zero << 32 | (allocated & 0xFFFFFFFFL);
  }

  private int allocated() {
    return (int) bitmap;
  }

  private int zero() {
    return (int) (bitmap >>> 32);
  }
}
