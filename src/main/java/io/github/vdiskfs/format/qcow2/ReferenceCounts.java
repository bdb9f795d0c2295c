// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import org.jspecify.annotations.Nullable;

/**
 * References counted for a window of host clusters: a byte each, and four more where one of them
 * needs them.
 */
final class ReferenceCounts {
  private static final int BYTE_MOST = 0xFF;

  private final long first;
  private final long most;
  private final byte[] low;
  private final long[] metadata;
  private final long[] guestData;
  private int @Nullable [] wide;

  /**
   * @param first first cluster of the window
   * @param clusters how many it has
   * @param most the largest refcount that the image can store, as an unsigned number
   */
  ReferenceCounts(long first, int clusters, long most) {
    this.first = first;
    this.most = most < 0 ? Integer.MAX_VALUE : Math.min(most, Integer.MAX_VALUE);
    this.low = new byte[clusters];
    this.metadata = new long[clusters / Long.SIZE + 1];
    this.guestData = new long[clusters / Long.SIZE + 1];
  }

  /** First cluster of the window. */
  long first() {
    return first;
  }

  /** Index behind the last cluster of the window. */
  long end() {
    return first + low.length;
  }

  /**
   * Counts references to a cluster of the window.
   *
   * @param isMetadata they are to metadata and not to guest data
   * @return false where there are more than a refcount can say
   */
  boolean add(long cluster, boolean isMetadata, int times) {
    int at = (int) (cluster - first);
    (isMetadata ? metadata : guestData)[at / Long.SIZE] |= 1L << at;
    long wanted = get(cluster) + times;
    long count = Math.min(wanted, most);
    if (wide == null && count > BYTE_MOST) {
      widen();
    }
    if (wide == null) {
      low[at] = (byte) count;
    } else {
      wide[at] = (int) count;
    }
    return count == wanted;
  }

  private void widen() {
    int[] counts = new int[low.length];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = low[i] & BYTE_MOST;
    }
    wide = counts;
  }

  /** References to a cluster of the window. */
  long get(long cluster) {
    int at = (int) (cluster - first);
    return wide == null ? low[at] & BYTE_MOST : wide[at];
  }

  /** True where a cluster has both metadata and guest data. */
  boolean isMixed(long cluster) {
    int at = (int) (cluster - first);
    return (metadata[at / Long.SIZE] & guestData[at / Long.SIZE] & 1L << at) != 0;
  }
}
