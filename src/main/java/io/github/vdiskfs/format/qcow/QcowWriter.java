// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import io.github.vdiskfs.format.qcow.QcowEntry.Kind;
import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.HostReservation;
import io.github.vdiskfs.image.HostSpace;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.storage.Zeros;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The write side: plain clusters are overwritten in place; for all others, compressed ones among
 * them, new ones are linked into the tables.
 */
final class QcowWriter implements ImageWriter {
  private final QcowImage image;
  private final QcowHeader header;
  private final QcowTables tables;
  private final HostSpace space;
  private final DirtyTables dirty = new DirtyTables();
  private boolean prepared;

  private QcowWriter(QcowImage image, QcowHeader header, QcowTables tables, HostSpace space) {
    this.image = image;
    this.header = header;
    this.tables = tables;
    this.space = space;
  }

  /**
   * Looks through all tables, and changes nothing.
   *
   * @throws ImageException of kind {@code READ_ONLY} where the image must not be written
   */
  static QcowWriter open(QcowImage image, QcowHeader header, QcowTables tables, HostSpace space)
      throws IOException {
    space.file().allowWriting();
    return new QcowWriter(image, header, tables, space);
  }

  /** Before each change; the first one finds the file as long as its clusters say. */
  private void start() throws IOException {
    synchronized (dirty) {
      dirty.checkUsable();
      if (!prepared) {
        space.prepare();
        prepared = true;
      }
    }
  }

  @Override
  public long unit() {
    return header.clusterBytes();
  }

  @Override
  public Placement placement(long guestOffset, long length) throws IOException {
    start();
    Extent found = image.map(guestOffset, length);
    return found.kind() == Extent.Kind.DATA
        ? Placement.inPlace(found)
        : Placement.reserve(found.length());
  }

  @Override
  public Reservation reserve(long guestOffset, long length) throws IOException {
    start();
    synchronized (dirty) {
      long l1Index = guestOffset >>> header.l1Shift();
      long tableEnd = (l1Index + 1) << header.l1Shift();
      long bytes = Math.min(Math.min(length, image.size() - guestOffset), tableEnd - guestOffset);
      Table l2 = requireL2(l1Index);
      HostSpace.Run run = space.take(clustersIn(bytes));
      long l2Index = l2Index(guestOffset);
      return new HostReservation(
          dirty,
          space,
          run,
          guestOffset,
          Math.min(bytes, run.length()),
          unlinked -> link(l2, l2Index, run, unlinked));
    }
  }

  private long clustersIn(long bytes) {
    return (bytes + header.clusterBytes() - 1) >>> header.clusterBits();
  }

  private long l2Index(long guestOffset) {
    return (guestOffset >>> header.clusterBits()) & (header.l2Entries() - 1);
  }

  private @Nullable Table findL2(long l1Index) throws IOException {
    long hostOffset = tables.l2Offset(l1Index);
    return hostOffset == 0 ? null : tables.l2(hostOffset);
  }

  /** The L2 table, made where it is missing: zeroes, on the host's disk before the L1 entry is. */
  private Table requireL2(long l1Index) throws IOException {
    Table found = findL2(l1Index);
    if (found != null) {
      return found;
    }
    long bytes = header.l2Entries() * QcowTables.ENTRY_BYTES;
    HostSpace.Run run = space.takeAtEnd(clustersIn(bytes));
    try {
      Zeros.write(space.file(), run.hostOffset(), bytes);
      dirty.putInt64(Stage.ROOT, tables.l1(), l1Index, run.hostOffset());
    } catch (IOException e) {
      space.free(run.hostOffset(), run.length());
      throw e;
    }
    return tables.l2(run.hostOffset());
  }

  private void link(Table l2, long firstL2Index, HostSpace.Run run, HostSpace.Unlinked unlinked)
      throws IOException {
    for (long i = 0; i < run.length() >>> header.clusterBits(); i++) {
      replace(l2, firstL2Index + i, run.hostOffset() + (i << header.clusterBits()), unlinked);
    }
  }

  /** Where a compressed cluster was is found free when the image is opened the next time. */
  private void replace(Table l2, long l2Index, long entry, HostSpace.Unlinked unlinked)
      throws IOException {
    long before = l2.page(l2Index).int64(l2Index);
    dirty.putInt64(Stage.MAPPING, l2, l2Index, entry);
    if (QcowEntry.kind(before) == Kind.DATA) {
      unlinked.add(before, header.clusterBytes());
    }
  }

  /** Clusters are unlinked; with a backing file that would show what it has. */
  @Override
  public long zero(long guestOffset, long length) throws IOException {
    if (image.info().backing() != null) {
      return 0;
    }
    start();
    synchronized (dirty) {
      long l1Index = guestOffset >>> header.l1Shift();
      long tableEnd = (l1Index + 1) << header.l1Shift();
      long end = Math.min(Math.min(guestOffset + length, image.size()), tableEnd);
      Table l2 = findL2(l1Index);
      if (l2 != null) {
        unlink(l2, l2Index(guestOffset), clustersIn(end - guestOffset));
      }
      return end - guestOffset;
    }
  }

  private void unlink(Table l2, long firstL2Index, long clusters) throws IOException {
    HostSpace.Unlinked unlinked = space.new Unlinked();
    try {
      for (long l2Index = firstL2Index; l2Index < firstL2Index + clusters; l2Index++) {
        if (l2.page(l2Index).int64(l2Index) != 0) {
          replace(l2, l2Index, 0, unlinked);
        }
      }
    } finally {
      unlinked.freeWhenDurable(dirty);
    }
  }

  /** Only an image that was made without a size gets one. */
  @Override
  public void resize(long sizeBytes) throws IOException {
    if (!header.isGrowable()) {
      throw new ImageException(
          ImageException.Kind.FIXED_SIZE, "the size of a qcow image is fixed when it is made");
    }
    long after = QcowHeader.wholeSectors(sizeBytes);
    if (after > header.l1Entries() << header.l1Shift()) {
      throw new ImageException(
          ImageException.Kind.FIXED_SIZE,
          "a new qcow image has room for " + (header.l1Entries() << header.l1Shift()) + " bytes");
    }
    long before = image.size();
    for (long at = clustersIn(after) << header.clusterBits(); at < before; ) {
      at += zero(at, before - at);
    }
    start();
    synchronized (dirty) {
      dirty.putInt64(Stage.ROOT, tables.sizeField(), 0, after);
      image.grow(after);
    }
  }

  @Override
  public void flush() throws IOException {
    dirty.flush(List.of(space.file()));
  }

  @Override
  public long dirtyBytes() {
    return dirty.dirtyBytes();
  }

  @Override
  public void finish() throws IOException {
    flush();
  }

  /** Gives up what is not on the host: the image is closed. */
  void discard() {
    synchronized (dirty) {
      dirty.discard();
    }
  }
}
