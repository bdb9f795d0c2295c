// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageWriter.Placement;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TablePage;
import java.io.IOException;

/** Says which bytes of the active disk may be overwritten where they are. Takes no lock. */
final class Placements {
  private final Qcow2State state;
  private final Qcow2Layout layout;
  private final ActiveDisk active;
  private final Guard guard;

  Placements(Qcow2State state, ActiveDisk active, Guard guard) {
    this.state = state;
    this.layout = state.layout();
    this.active = active;
    this.guard = guard;
  }

  /** As {@link io.github.vdiskfs.image.ImageWriter#placement}. */
  Placement at(long guestOffset, long length) throws IOException {
    ClusterMap map = active.map();
    long l1Index = layout.l1Index(guestOffset);
    long end =
        Math.min(
            layout.guestOffsetOfL1(l1Index + 1),
            guestOffset + Math.min(length, map.sizeBytes() - guestOffset));
    long l1Entry = map.tables().l1Page(l1Index).int64(l1Index);
    long l2Offset = Qcow2Layout.l2TableOffset(l1Entry);
    if (l2Offset == 0 || !Qcow2Layout.isCopied(l1Entry)) {
      return Placement.reserve(end - guestOffset);
    }
    Table l2 = map.tables().l2(l1Index, l2Offset);
    long l2Index = layout.l2Index(guestOffset);
    TablePage page = l2.page(l2Index);
    L2Entry entry = map.entry(page, l2Index);
    long guestCluster = layout.clusterStart(guestOffset);
    if (entry.kind(layout, layout.subcluster(guestOffset), guestCluster) == L2Entry.Kind.INVALID) {
      throw ImageException.corrupt(
          state.storage(), l2.hostOffsetOf(l2Index), entry.problem(layout, guestCluster));
    }
    boolean inPlace = isInPlace(entry, guestOffset);
    long reached = run(map, page, l2Index, guestOffset, end, inPlace);
    if (!inPlace) {
      return Placement.reserve(reached - guestOffset);
    }
    long hostOffset = entry.hostOffset() + guestOffset - guestCluster;
    long runLength = reached - guestOffset;
    checkNoMetadata(hostOffset, runLength);
    return Placement.inPlace(Extent.data(state.data().storage(), hostOffset, runLength));
  }

  /**
   * Data far behind the end of the file is moved rather than written: the file would grow by all
   * that lies between.
   */
  private boolean isInPlace(L2Entry entry, long guestOffset) {
    return entry.isInPlace(layout, layout.subcluster(guestOffset), layout.clusterStart(guestOffset))
        && (layout.externalData() || entry.hostOffset() <= state.storage().size());
  }

  /** How far what holds for {@code guestOffset} goes on, on the host too where it is in place. */
  private long run(
      ClusterMap map, TablePage page, long l2Index, long guestOffset, long end, boolean inPlace) {
    long unit = 1L << layout.subclusterBits();
    long first = map.entry(page, l2Index).hostOffset() - layout.clusterStart(guestOffset);
    long at = (guestOffset & -unit) + unit;
    while (at < end) {
      long index = layout.l2Index(at);
      if (!page.contains(index)) {
        break;
      }
      L2Entry entry = map.entry(page, index);
      boolean goesOn = isInPlace(entry, at) == inPlace;
      boolean joins = !inPlace || entry.hostOffset() - layout.clusterStart(at) == first;
      if (!goesOn || !joins) {
        break;
      }
      at += unit;
    }
    return Math.min(at, end);
  }

  private void checkNoMetadata(long hostOffset, long length) throws ImageException {
    if (!layout.externalData()) {
      guard.checkFree(
          ClusterRun.touchedBy(hostOffset, length, state.clusterBits()), "a write in place");
    }
  }
}
