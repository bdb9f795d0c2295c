// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import io.github.vdiskfs.format.qcow.QcowEntry.Kind;
import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.Inflate;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.image.TablePage;
import io.github.vdiskfs.image.UnitArrays;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/** An opened image. */
final class QcowImage implements Image {
  private static final int ENTRY_BYTES = 8;

  private final Storage storage;
  private final TableCache cache;
  private final QcowHeader header;
  private final Table l1;
  private final ImageInfo info;

  QcowImage(
      Storage storage, TableCache cache, QcowHeader header, @Nullable BackingReference backing) {
    this.storage = storage;
    this.cache = cache;
    this.header = header;
    this.l1 = table(header.l1TableOffset(), header.l1Entries());
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

  private Table table(long hostOffset, long entries) {
    return new Table(cache, storage, hostOffset, entries, ENTRY_BYTES, ByteOrder.BIG_ENDIAN);
  }

  @Override
  public ImageInfo info() {
    return info;
  }

  @Override
  public Extent map(long guestOffset, long length) throws IOException {
    long want = Math.min(length, info.virtualSize() - guestOffset);
    long l1Index = guestOffset >>> header.l1Shift();
    TablePage l1Page = l1.page(l1Index);
    long l2Offset = l1Page.int64(l1Index);
    if (l2Offset == 0) {
      long known = run(l1Page, l1Index, 0, 0, header.l1Shift(), guestOffset, want);
      return Extent.backing(Math.min(want, known));
    }
    return mapByL2(table(l2Offset, header.l2Entries()), guestOffset, want);
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

  @Override
  public byte[] decode(Extent extent) throws IOException {
    int length = extent.hostLength();
    byte[] packed = UnitArrays.scratch(length);
    storage.read(ByteBuffer.wrap(packed, 0, length), extent.hostOffset());
    try {
      int unitBytes = (int) header.clusterBytes();
      return Inflate.unit(packed, 0, length, unitBytes, true, false);
    } catch (DataFormatException e) {
      throw ImageException.corrupt(
          storage, extent.hostOffset(), "compressed cluster is damaged: " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    storage.close();
  }
}
