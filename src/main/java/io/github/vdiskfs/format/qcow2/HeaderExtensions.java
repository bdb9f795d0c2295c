// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The header extensions that matter to a reader ("Header extensions"); they stand between header
 * and backing file name, in the first cluster. Unknown ones are passed over.
 *
 * @param backingFormat QEMU's name of the backing file's format
 * @param dataFile name of the external data file
 * @param bitmaps where the persistent bitmaps are
 */
record HeaderExtensions(
    @Nullable String backingFormat, @Nullable String dataFile, @Nullable Bitmaps bitmaps) {
  /** A table of 48-byte entries that name feature bits. */
  static final long FEATURE_NAMES = 0x6803F857L;

  private static final long END = 0;
  static final long BACKING_FORMAT = 0xE2792ACAL;
  static final long DATA_FILE = 0x44415441L;
  private static final long BITMAPS = 0x23852875L;

  /** QEMU's limit; the longest format name has 10 bytes. */
  private static final int MAX_FORMAT_BYTES = 15;

  /** Linux' limit of a path. */
  private static final int MAX_DATA_FILE_BYTES = 4095;

  /**
   * The bitmaps extension.
   *
   * @param count entries of the bitmap directory
   * @param directoryBytes its size
   * @param directoryOffset its host offset, a multiple of the cluster size
   */
  record Bitmaps(long count, long directoryBytes, long directoryOffset) {
    private static final int BYTES = 24;
  }

  /** Looks at one extension. */
  interface Visitor {
    /**
     * Called once for each extension.
     *
     * @param length bytes of its data
     * @param in stands at its data
     */
    void visit(long type, long length, FieldReader in) throws IOException;
  }

  /**
   * Visits the extensions in order.
   *
   * @throws ImageException where one does not end before the backing file name
   */
  static void forEach(Storage storage, Qcow2Header header, Visitor visitor) throws IOException {
    long end = header.backingFileOffset() == 0 ? header.clusterBytes() : header.backingFileOffset();
    FieldReader in = new FieldReader(storage, "header extension", header.headerLength(), end);
    while (in.remaining() >= 8) {
      long type = in.u32();
      long length = in.u32();
      if (length > in.remaining()) {
        throw ImageException.badField(
            storage,
            String.format("length of header extension 0x%08x", type),
            length,
            "at most " + in.remaining());
      }
      if (type == END) {
        return;
      }
      long start = in.position();
      visitor.visit(type, length, in);
      in.skip(start + length - in.position());
      in.alignFrom(start);
    }
  }

  /** Reads the extensions of a header that has been checked. */
  static HeaderExtensions read(Storage storage, Qcow2Header header) throws IOException {
    Collector found = new Collector(storage, header);
    forEach(storage, header, found);
    return new HeaderExtensions(found.backingFormat, found.dataFile, found.bitmaps);
  }

  private static final class Collector implements Visitor {
    private final Storage storage;
    private final Qcow2Header header;
    private @Nullable String backingFormat;
    private @Nullable String dataFile;
    private @Nullable Bitmaps bitmaps;

    Collector(Storage storage, Qcow2Header header) {
      this.storage = storage;
      this.header = header;
    }

    @Override
    public void visit(long type, long length, FieldReader in) throws IOException {
      if (type == BACKING_FORMAT) {
        backingFormat = text("backing file format name", MAX_FORMAT_BYTES, length, in);
      } else if (type == DATA_FILE) {
        dataFile = text("external data file name", MAX_DATA_FILE_BYTES, length, in);
      } else if (type == BITMAPS && Features.BITMAPS.in(header.autoclearFeatures())) {
        bitmaps = bitmaps(length, in);
      }
    }

    private String text(String what, int most, long length, FieldReader in) throws IOException {
      if (length > most) {
        throw ImageException.badField(storage, "length of the " + what, length, "at most " + most);
      }
      return in.text((int) length);
    }

    private Bitmaps bitmaps(long length, FieldReader in) throws IOException {
      if (length != Bitmaps.BYTES) {
        throw ImageException.badField(
            storage, "length of the bitmaps extension", length, "" + Bitmaps.BYTES);
      }
      long count = in.u32();
      long reserved = in.u32();
      if (reserved != 0) {
        throw ImageException.badField(
            storage, "reserved field of the bitmaps extension", reserved, "0");
      }
      Bitmaps found = new Bitmaps(count, in.u64(), in.u64());
      BitmapDirectory.check(storage, header, found);
      return found;
    }
  }
}
