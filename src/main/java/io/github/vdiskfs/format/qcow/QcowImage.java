// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import io.github.vdiskfs.format.qcow.QcowEntry.Kind;
import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.Inflate;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.image.TablePage;
import io.github.vdiskfs.image.UnitArrays;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/** An opened image. */
final class QcowImage implements Image {
  private final Storage storage;
  private final QcowHeader header;
  private final QcowTables tables;
  private final ImageInfo info;
  private volatile long sizeBytes;
  private @Nullable QcowWriter writer;

  QcowImage(
      Storage storage, TableCache cache, QcowHeader header, @Nullable BackingReference backing) {
    this.storage = storage;
    this.header = header;
    this.tables = new QcowTables(storage, cache, header);
    this.sizeBytes = header.virtualSize();
    this.info =
        new ImageInfo(
            QcowFormat.NAME,
            header.virtualSize(),
            header.clusterBytes(),
            backing,
            false,
            false,
            List.of(),
            Map.of(),
            List.of());
  }

  @Override
  public ImageInfo info() {
    return info;
  }

  @Override
  public long size() {
    return sizeBytes;
  }

  /** Changes the size of an image that was made without one. */
  void grow(long newSizeBytes) {
    sizeBytes = newSizeBytes;
  }

  @Override
  public synchronized ImageWriter writer() throws IOException {
    QcowWriter made = writer;
    if (made == null) {
      made = QcowWriter.open(this, header, tables, QcowSurvey.of(storage, header, tables));
      writer = made;
    }
    return made;
  }

  @Override
  public void check(CheckReport report) throws IOException {
    new QcowCheck(this, storage, header, report).run(tables);
  }

  @Override
  public Extent map(long guestOffset, long length) throws IOException {
    long want = Math.min(length, sizeBytes - guestOffset);
    long l1Index = guestOffset >>> header.l1Shift();
    TablePage l1Page = tables.l1().page(l1Index);
    long l2Offset = l1Page.int64(l1Index);
    if (l2Offset == 0) {
      long known = run(l1Page, l1Index, 0, 0, header.l1Shift(), guestOffset, want);
      return Extent.backing(Math.min(want, known));
    }
    return mapByL2(tables.l2(l2Offset), guestOffset, want);
  }

  private Extent mapByL2(Table l2, long guestOffset, long want) throws IOException {
    int clusterBits = header.clusterBits();
    long l2Index = (guestOffset >>> clusterBits) & (header.l2Entries() - 1);
    TablePage page = l2.page(l2Index);
    long entry = page.int64(l2Index);
    long skip = guestOffset & (header.clusterBytes() - 1);
    return switch (QcowEntry.kind(entry)) {
      case UNALLOCATED -> {
        long known = run(page, l2Index, 0, 0, clusterBits, guestOffset, want);
        yield Extent.backing(Math.min(want, known));
      }
      case DATA -> {
        long step = header.clusterBytes();
        long known = run(page, l2Index, entry, step, clusterBits, guestOffset, want);
        yield Extent.data(storage, entry + skip, Math.min(want, known));
      }
      case COMPRESSED ->
          Extent.compressed(
              storage,
              QcowEntry.compressedOffset(entry, clusterBits),
              QcowEntry.compressedBytes(entry, clusterBits),
              (int) skip,
              Math.min(want, header.clusterBytes() - skip));
      case INVALID ->
          throw ImageException.corrupt(
              storage,
              l2.hostOffsetOf(l2Index),
              String.format("L2 entry 0x%016x has a cluster offset that is impossible", entry));
    };
  }

  /**
   * Guest bytes from {@code guestOffset} to the end of a run of entries, of which each is larger
   * than the one before it by {@code step}; as far as the page tells and {@code want} needs.
   *
   * @param unitBits guest bytes that an entry stands for, as a power of two
   */
  private static long run(
      TablePage page,
      long index,
      long entry,
      long step,
      int unitBits,
      long guestOffset,
      long want) {
    long unitBytes = 1L << unitBits;
    long bytes = unitBytes - (guestOffset & (unitBytes - 1));
    long expected = entry + step;
    for (long next = index + 1; bytes < want && page.contains(next); next++) {
      if (page.int64(next) != expected || (step != 0 && QcowEntry.kind(expected) != Kind.DATA)) {
        break;
      }
      bytes += unitBytes;
      expected += step;
    }
    return bytes;
  }

  /** A whole compressed cluster. */
  Extent compressedExtent(long hostOffset, int length) {
    return Extent.compressed(storage, hostOffset, length, 0, header.clusterBytes());
  }

  @Override
  public byte[] decode(Extent extent) throws IOException {
    int length = extent.hostLength();
    byte[] packed = UnitArrays.scratch(length);
    storage.read(ByteBuffer.wrap(packed, 0, length), extent.hostOffset());
    try {
      int unitBytes = (int) header.clusterBytes();
      return Inflate.unit(packed, length, unitBytes, true, false);
    } catch (DataFormatException e) {
      throw ImageException.corrupt(
          storage, extent.hostOffset(), "compressed cluster is damaged: " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    discardChanges();
    storage.close();
  }

  private synchronized void discardChanges() {
    if (writer != null) {
      writer.discard();
    }
  }
}
