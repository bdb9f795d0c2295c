// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The list of persistent bitmaps ("Bitmap directory"); the bitmaps themselves are not read. */
final class BitmapDirectory {
  /** QEMU's limit. */
  private static final long MAX_BITMAPS = 65535;

  /**
   * What is read of a directory is kept in memory; QEMU's limit of 64 MiB would let a few images
   * fill it. Room for 8000 bitmaps with the longest of names.
   */
  private static final long MAX_DIRECTORY_BYTES = 8 << 20;

  /** Type of a dirty tracking bitmap, the only one there is. */
  private static final int DIRTY_TRACKING = 1;

  /** "granularity_bits": from a sector to what fits 31 bits. */
  private static final int MIN_GRANULARITY_BITS = 9;

  private static final int MAX_GRANULARITY_BITS = 31;

  /** "name_size". */
  private static final int MAX_NAME_BYTES = 1023;

  /** Bit 0: not saved properly; bit 1: to be loaded by itself; bit 2: may have extra data. */
  private static final long KNOWN_FLAGS = 7;

  private static final long IN_USE = 1;
  private static final long AUTO = 2;

  /** Bits 9 to 55 of a bitmap table entry: host offset of a cluster of the bitmap. */
  private static final long OFFSET_MASK = 0x00FF_FFFF_FFFF_FE00L;

  /** Bit 0 of an entry without a cluster: all bits of its part are set. */
  private static final long ALL_ONES = 1;

  /** QEMU's limit of a bitmap table's entries. */
  private static final long MAX_TABLE_ENTRIES = 0x800_0000L;

  private BitmapDirectory() {}

  /** Hears where the bitmaps' tables are. */
  interface TableVisitor {
    void table(long hostOffset, long entries) throws IOException;
  }

  /** Visits the table of each bitmap. */
  static void forEachTable(Storage storage, HeaderExtensions.Bitmaps bitmaps, TableVisitor visitor)
      throws IOException {
    long start = bitmaps.directoryOffset();
    FieldReader in =
        new FieldReader(storage, "bitmap directory", start, start + bitmaps.directoryBytes());
    for (long i = 0; i < bitmaps.count(); i++) {
      long tableOffset = in.u64();
      long tableEntries = in.u32();
      in.skip(4 + 1 + 1); // flags, type, granularity
      int nameBytes = in.u16();
      in.skip(in.u32() + nameBytes);
      in.alignFrom(start);
      if (tableOffset < 0 || tableEntries > MAX_TABLE_ENTRIES) {
        throw ImageException.corrupt(storage, start, "bitmap " + i + " has an impossible table");
      }
      visitor.table(tableOffset, tableEntries);
    }
  }

  /** Host offset of a bitmap table entry's cluster, or 0. */
  static long clusterOffset(long tableEntry) {
    return tableEntry & OFFSET_MASK;
  }

  /** True where only bits that mean something are set. */
  static boolean isSoundTableEntry(long tableEntry) {
    long allowed = clusterOffset(tableEntry) == 0 ? ALL_ONES : OFFSET_MASK;
    return (tableEntry & ~allowed) == 0;
  }

  /** Checks where the directory is said to be. */
  static void check(Storage storage, Qcow2Header header, HeaderExtensions.Bitmaps bitmaps)
      throws ImageException {
    if (bitmaps.count() < 1 || bitmaps.count() > MAX_BITMAPS) {
      throw ImageException.badField(storage, "nb_bitmaps", bitmaps.count(), "1 to " + MAX_BITMAPS);
    }
    long bytes = bitmaps.directoryBytes();
    if (bytes < 0 || bytes > MAX_DIRECTORY_BYTES) {
      throw ImageException.badField(
          storage,
          "bitmap_directory_size",
          Long.toUnsignedString(bytes),
          "at most " + MAX_DIRECTORY_BYTES);
    }
    long hostOffset = bitmaps.directoryOffset();
    if (hostOffset < 0
        || hostOffset > storage.size() - bytes
        || !header.layout().isAligned(hostOffset)) {
      throw ImageException.badField(
          storage,
          "bitmap_directory_offset",
          Long.toUnsignedString(hostOffset),
          "a multiple of the cluster size with " + bytes + " bytes inside the file behind it");
    }
  }

  /** The bitmaps in the terms of {@code qemu-img info}. */
  static List<Map<String, Object>> read(Storage storage, HeaderExtensions.Bitmaps bitmaps)
      throws IOException {
    long start = bitmaps.directoryOffset();
    long end = start + bitmaps.directoryBytes();
    FieldReader in = new FieldReader(storage, "bitmap directory", start, end);
    List<Map<String, Object>> list = new ArrayList<>();
    for (long i = 0; i < bitmaps.count(); i++) {
      list.add(entry(storage, in));
      in.alignFrom(start);
    }
    if (in.remaining() != 0) {
      throw ImageException.badField(
          storage,
          "bitmap_directory_size",
          bitmaps.directoryBytes(),
          in.position() - start + " for its " + bitmaps.count() + " entries");
    }
    return list;
  }

  private static Map<String, Object> entry(Storage storage, FieldReader in) throws IOException {
    long at = in.position();
    in.skip(8 + 4); // the bitmap table's offset and size
    long flags = in.u32();
    int type = in.u8();
    int granularityBits = in.u8();
    int nameBytes = in.u16();
    long extraBytes = in.u32();
    if ((flags & ~KNOWN_FLAGS) != 0
        || type != DIRTY_TRACKING
        || granularityBits < MIN_GRANULARITY_BITS
        || granularityBits > MAX_GRANULARITY_BITS
        || nameBytes < 1
        || nameBytes > MAX_NAME_BYTES
        || extraBytes != 0) {
      throw ImageException.corrupt(storage, at, "bitmap directory entry is damaged");
    }
    String name = in.text(nameBytes);
    List<String> flagNames = new ArrayList<>();
    if ((flags & IN_USE) != 0) {
      flagNames.add("in-use");
    }
    if ((flags & AUTO) != 0) {
      flagNames.add("auto");
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("flags", List.copyOf(flagNames));
    fields.put("name", name);
    fields.put("granularity", 1L << granularityBits);
    return Collections.unmodifiableMap(fields);
  }
}
