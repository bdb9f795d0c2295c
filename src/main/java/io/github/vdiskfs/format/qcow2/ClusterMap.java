// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.format.qcow2.L2Entry.Kind;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TablePage;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.lang.invoke.VarHandle;

/** The translation of guest offsets through one L1 table: the active disk's or a snapshot's. */
final class ClusterMap {
  private final Qcow2Layout layout;
  private final Qcow2Tables tables;
  private final Storage storage;
  private final HostData data;
  private final long sizeBytes;

  /**
   * @param storage the image file: tables and compressed clusters
   * @param data where plain clusters are
   * @param sizeBytes virtual size
   */
  ClusterMap(
      Qcow2Layout layout, Qcow2Tables tables, Storage storage, HostData data, long sizeBytes) {
    this.layout = layout;
    this.tables = tables;
    this.storage = storage;
    this.data = data;
    this.sizeBytes = sizeBytes;
  }

  /** The same disk with another size or L1 table. */
  ClusterMap resized(Qcow2Tables otherTables, long otherSizeBytes) {
    return new ClusterMap(layout, otherTables, storage, data, otherSizeBytes);
  }

  Qcow2Tables tables() {
    return tables;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** As {@link io.github.vdiskfs.image.Image#map}. */
  Extent map(long guestOffset, long length) throws IOException {
    long want = Math.min(length, sizeBytes - guestOffset);
    long l1Index = layout.l1Index(guestOffset);
    if (l1Index >= tables.l1Entries()) {
      return Extent.backing(want);
    }
    for (long l2Offset = l2Offset(l1Index); ; l2Offset = l2Offset(l1Index)) {
      try {
        Extent found = mapByL1(l1Index, l2Offset, guestOffset, want);
        if (l2Offset(l1Index) == l2Offset) {
          return found;
        }
      } catch (ImageException e) {
        if (l2Offset(l1Index) == l2Offset) {
          throw e;
        }
      }
    }
  }

  /**
   * Where the L2 table of an L1 entry is, or 0. A writer may move the table while it is read, after
   * which there may be anything in its old place: what was found counts if this is still the same.
   */
  private long l2Offset(long l1Index) throws IOException {
    long l1Entry = tables.l1Page(l1Index).int64(l1Index);
    VarHandle.acquireFence(); // pairs with that of WritableTables
    return Qcow2Layout.l2TableOffset(l1Entry);
  }

  private Extent mapByL1(long l1Index, long l2Offset, long guestOffset, long want)
      throws IOException {
    return l2Offset == 0
        ? Extent.backing(bytesWithoutL2(guestOffset, want))
        : mapByL2(tables.l2(l1Index, l2Offset), guestOffset, want);
  }

  /** As {@link #bytesWithoutL2(TablePage, long, long, long)}; the offset's own has none. */
  long bytesWithoutL2(long guestOffset, long want) throws IOException {
    long l1Index = layout.l1Index(guestOffset);
    return l1Index >= tables.l1Entries()
        ? want
        : Math.min(want, bytesWithoutL2(tables.l1Page(l1Index), l1Index, guestOffset, want));
  }

  /** Bytes from {@code guestOffset} on for which there is no L2 table, as far as the page tells. */
  private long bytesWithoutL2(TablePage l1Page, long l1Index, long guestOffset, long want) {
    long next = l1Index + 1;
    while (l1Page.contains(next)
        && layout.guestOffsetOfL1(next) - guestOffset < want
        && Qcow2Layout.l2TableOffset(l1Page.int64(next)) == 0) {
      next++;
    }
    return layout.guestOffsetOfL1(next) - guestOffset;
  }

  private Extent mapByL2(Table l2, long guestOffset, long want) throws IOException {
    long l2Index = layout.l2Index(guestOffset);
    TablePage page = l2.page(l2Index);
    L2Entry entry = entry(page, l2Index);
    long guestCluster = layout.clusterStart(guestOffset);
    int subcluster = layout.subcluster(guestOffset);
    Kind kind = entry.kind(layout, subcluster, guestCluster);
    long skip = guestOffset - guestCluster;
    if (kind == Kind.INVALID) {
      throw ImageException.corrupt(
          storage, l2.hostOffsetOf(l2Index), entry.problem(layout, guestCluster));
    }
    if (kind == Kind.COMPRESSED) {
      return compressed(entry.descriptor(), (int) skip, want);
    }
    long end = ((long) subcluster + entry.run(layout, kind, subcluster)) << layout.subclusterBits();
    end = extend(page, l2Index, kind, guestCluster, end, skip + want);
    return extent(kind, entry.hostOffset() + skip, Math.min(want, end - skip));
  }

  /**
   * Goes on with the following clusters while they are of the same kind and host-contiguous.
   *
   * @param end where the run ends in the first cluster, in bytes from that cluster's start
   * @param wantEnd where it need not go on any more
   * @return where it ends
   */
  private long extend(
      TablePage page, long l2Index, Kind kind, long guestCluster, long end, long wantEnd) {
    long firstHost = entry(page, l2Index).hostOffset();
    long reached = end;
    for (long next = l2Index + 1;
        layout.isAligned(reached) && reached < wantEnd && page.contains(next);
        next++) {
      L2Entry entry = entry(page, next);
      if (entry.kind(layout, 0, guestCluster + reached) != kind
          || (kind.hasHostOffset() && entry.hostOffset() != firstHost + reached)) {
        break;
      }
      reached += (long) entry.run(layout, kind, 0) << layout.subclusterBits();
    }
    return reached;
  }

  /** An entry of an L2 table. */
  L2Entry entry(TablePage page, long l2Index) {
    long bitmap = layout.extendedL2() ? page.int64(l2Index, 8) : 0;
    return new L2Entry(page.int64(l2Index), bitmap);
  }

  private Extent extent(Kind kind, long hostOffset, long length) {
    return switch (kind) {
      case UNALLOCATED -> Extent.backing(length);
      case RESERVED -> Extent.backing(data.storage(), hostOffset, length);
      case DATA -> data.extent(hostOffset, length);
      case ZERO -> Extent.zero(length);
      case ZERO_ALLOCATED -> Extent.zero(data.storage(), hostOffset, length);
      case COMPRESSED, INVALID -> throw new IllegalArgumentException(kind.name());
    };
  }

  private Extent compressed(long descriptor, int skip, long want) {
    return Extent.compressed(
        storage,
        layout.compressedOffset(descriptor),
        layout.compressedBytes(descriptor),
        skip,
        Math.min(want, layout.clusterBytes() - skip));
  }
}
