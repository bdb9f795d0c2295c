// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The header of a hosted sparse extent, "SparseExtentHeader" of the Virtual Disk Format 5.0,
 * sections "Hosted Sparse Extents" and "Stream-Optimized Compressed Sparse Extents". One sector,
 * little-endian; offsets and sizes are counted in sectors.
 *
 * @param version 1 to 3; 2 brings zeroed grains, 3 changed block tracking, which reading ignores
 * @param flags see the constants
 * @param capacity sectors of the extent, 1 to {@link Sectors#MAX_DISK}; 0 in a new one that has
 *     room to grow
 * @param grainSize sectors of a grain, a power of two, at least 8
 * @param descriptorOffset sector of the embedded descriptor, 0 where there is none
 * @param descriptorSize sectors of it, at most {@link Descriptor#MAX_BYTES}
 * @param numGTEsPerGT entries of a grain table, 1 to 512
 * @param rgdOffset sector of the redundant grain directory, where the flags say that there is one
 * @param gdOffset sector of the grain directory, or -1 where the footer tells it
 * @param overHead sectors of metadata before the first grain, inside the file
 * @param uncleanShutdown the last writer did not close the file
 * @param lineEnds the bytes 73 to 76
 * @param compressAlgorithm 0 none, 1 deflate
 */
record HostedHeader(
    long version,
    long flags,
    long capacity,
    long grainSize,
    long descriptorOffset,
    long descriptorSize,
    long numGTEsPerGT,
    long rgdOffset,
    long gdOffset,
    long overHead,
    boolean uncleanShutdown,
    int lineEnds,
    int compressAlgorithm) {

  /** The bytes "KDMV", read as a little-endian number. */
  static final int MAGIC = 0x564D444B;

  /** gdOffset that says: the header at the end of the file knows ("GD_AT_END"). */
  private static final long GD_AT_END = -1;

  /** Bit 0: the four bytes of {@link #LINE_ENDS} are there to be checked. */
  static final long FLAG_LINE_ENDS = 1;

  /** Bit 1: rgdOffset holds a second directory with tables of its own. */
  static final long FLAG_REDUNDANT = 1 << 1;

  /** Bit 2, since version 2: a grain table entry of 1 is a grain of zeroes. */
  static final long FLAG_ZEROED_GRAINS = 1 << 2;

  /** Bit 16: grains are compressed. */
  private static final long FLAG_COMPRESSED = 1 << 16;

  /** Bit 17: markers tell the blocks of the stream apart. */
  private static final long FLAG_MARKERS = 1 << 17;

  /** The upper half of the flags changes how data is read; the lower half may be ignored. */
  private static final long INCOMPATIBLE = 0xFFFF0000L & ~(FLAG_COMPRESSED | FLAG_MARKERS);

  /** Flags whose meaning is kept when an extent is written. */
  private static final long WRITABLE_FLAGS = FLAG_LINE_ENDS | FLAG_REDUNDANT | FLAG_ZEROED_GRAINS;

  /** "\n", " ", "\r\n": text-mode transfers change them. */
  static final int LINE_ENDS = 0x0A0D200A;

  private static final int MAX_VERSION = 3;

  /** VMware writes 128 and allows no less than 8 (4 KiB). */
  private static final int MIN_GRAIN = 8;

  /** 512 MiB: a bound that keeps byte counts inside an int; VMware writes 64 KiB. */
  private static final int MAX_GRAIN = 1 << 20;

  /** 2 MiB: a compressed grain is unpacked in memory as a whole. */
  private static final int MAX_COMPRESSED_GRAIN = 4096;

  /** The specification's one value; QEMU reads smaller ones too. */
  private static final int MAX_GTES = 512;

  /**
   * Grain tables that a new extent without capacity has room for in its directories: as many as
   * lead to 2 TiB of grains of 64 KiB, more than which a file cannot have, since entries are sector
   * numbers of 32 bits.
   */
  static final long ROOM_ENTRIES = 1 << 16;

  /** Footer marker, footer and end-of-stream marker, each a sector, are the last three. */
  private static final int FOOTER_SECTORS = 3;

  private static final int MARKER_FOOTER = 3;

  /**
   * Reads and checks the header, and the footer where the header refers to it.
   *
   * @return a header whose gdOffset is that of the directory
   */
  static HostedHeader read(Storage storage) throws IOException {
    HostedHeader header = parse(Sectors.read(storage, 0, Sectors.BYTES), 0);
    header.check(storage);
    if (header.gdOffset != GD_AT_END) {
      return header;
    }
    HostedHeader footer = footer(storage);
    footer.check(storage);
    if (!footer.withGdOffset(GD_AT_END).equals(header)) {
      throw ImageException.badField(storage, "footer", footer, "the header " + header);
    }
    if (footer.gdOffset == GD_AT_END) {
      throw ImageException.badField(storage, "gdOffset of the footer", GD_AT_END, "a sector");
    }
    return footer;
  }

  private static HostedHeader parse(ByteBuffer b, int at) {
    return new HostedHeader(
        b.getInt(at + 4) & 0xFFFFFFFFL,
        b.getInt(at + 8) & 0xFFFFFFFFL,
        b.getLong(at + 12),
        b.getLong(at + 20),
        b.getLong(at + 28),
        b.getLong(at + 36),
        b.getInt(at + 44) & 0xFFFFFFFFL,
        b.getLong(at + 48),
        b.getLong(at + 56),
        b.getLong(at + 64),
        b.get(at + 72) != 0,
        b.getInt(at + 73),
        b.getShort(at + 77) & 0xFFFF);
  }

  /** The sector that {@link #read} reads. */
  ByteBuffer toBytes() {
    ByteBuffer b = ByteBuffer.allocate(Sectors.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(MAGIC).putInt((int) version).putInt((int) flags);
    b.putLong(capacity).putLong(grainSize).putLong(descriptorOffset).putLong(descriptorSize);
    b.putInt((int) numGTEsPerGT).putLong(rgdOffset).putLong(gdOffset).putLong(overHead);
    b.put((byte) (uncleanShutdown ? 1 : 0)).putInt(lineEnds).putShort((short) compressAlgorithm);
    return b.clear();
  }

  private static HostedHeader footer(Storage storage) throws IOException {
    long at = storage.size() - FOOTER_SECTORS * Sectors.BYTES;
    if (at < Sectors.BYTES) {
      throw ImageException.corrupt(storage, 0, "gdOffset refers to a footer, but there is none");
    }
    ByteBuffer b = Sectors.read(storage, at, FOOTER_SECTORS * Sectors.BYTES);
    int magic = b.getInt(Sectors.BYTES);
    if (!isMarker(b, 0, MARKER_FOOTER) || magic != MAGIC || !isMarker(b, 2 * Sectors.BYTES, 0)) {
      throw ImageException.corrupt(
          storage, at, "no footer between footer marker and end-of-stream marker");
    }
    return parse(b, Sectors.BYTES);
  }

  /** A metadata marker: size 0 (bytes 8 to 11), then its type. */
  private static boolean isMarker(ByteBuffer b, int at, int type) {
    return b.getInt(at + 8) == 0 && b.getInt(at + 12) == type;
  }

  private HostedHeader withGdOffset(long sector) {
    return new HostedHeader(
        version,
        flags,
        capacity,
        grainSize,
        descriptorOffset,
        descriptorSize,
        numGTEsPerGT,
        rgdOffset,
        sector,
        overHead,
        uncleanShutdown,
        lineEnds,
        compressAlgorithm);
  }

  private void check(Storage storage) throws ImageException {
    if (version < 1 || version > MAX_VERSION) {
      throw ImageException.unsupported(storage, "sparse extent version " + version);
    }
    if ((flags & INCOMPATIBLE) != 0) {
      throw ImageException.unsupported(
          storage, "incompatible flags 0x" + Long.toHexString(flags & INCOMPATIBLE));
    }
    if ((flags & FLAG_LINE_ENDS) != 0 && lineEnds != LINE_ENDS) {
      throw ImageException.badField(
          storage,
          "line end check",
          "0x" + Integer.toHexString(lineEnds),
          "0x" + Integer.toHexString(LINE_ENDS) + " (was the file copied as text?)");
    }
    checkCompression(storage);
    checkGeometry(storage);
    checkPlaces(storage);
  }

  private void checkCompression(Storage storage) throws ImageException {
    if (compressAlgorithm > 1) {
      throw ImageException.unsupported(storage, "compressAlgorithm " + compressAlgorithm);
    }
    if ((flags & FLAG_COMPRESSED) != 0 && compressAlgorithm == 0) {
      throw ImageException.badField(
          storage, "compressAlgorithm", 0, "1, as the flags say that grains are compressed");
    }
  }

  private void checkGeometry(Storage storage) throws ImageException {
    if (capacity == 0 && !isGrowable()) {
      throw ImageException.unsupported(storage, "a sparse extent without capacity");
    }
    if (capacity < 0 || capacity > Sectors.MAX_DISK) {
      throw ImageException.badField(
          storage, "capacity", Long.toUnsignedString(capacity), "1 to " + Sectors.MAX_DISK);
    }
    int maxGrain = isCompressed() ? MAX_COMPRESSED_GRAIN : MAX_GRAIN;
    if (grainSize < MIN_GRAIN || grainSize > maxGrain || Long.bitCount(grainSize) != 1) {
      throw ImageException.badField(
          storage,
          "grainSize",
          Long.toUnsignedString(grainSize),
          "a power of two from " + MIN_GRAIN + " to " + maxGrain);
    }
    if (numGTEsPerGT < 1 || numGTEsPerGT > MAX_GTES) {
      throw ImageException.badField(storage, "numGTEsPerGT", numGTEsPerGT, "1 to " + MAX_GTES);
    }
    long entries = SparseGeometry.gdEntries(capacity, grainSize, numGTEsPerGT);
    if (entries > SparseGeometry.MAX_GD_ENTRIES) {
      throw ImageException.badField(
          storage,
          "capacity",
          capacity,
          "one that needs at most " + SparseGeometry.MAX_GD_ENTRIES + " grain tables");
    }
  }

  private void checkPlaces(Storage storage) throws ImageException {
    long sectors = Sectors.of(storage);
    if (overHead < 0 || overHead > sectors) {
      throw ImageException.badField(
          storage,
          "overHead",
          Long.toUnsignedString(overHead),
          "at most the " + sectors + " sectors of the file: it is truncated");
    }
    if (hasDescriptor()) {
      checkDescriptor(storage, sectors);
    }
  }

  private void checkDescriptor(Storage storage, long sectors) throws ImageException {
    if (descriptorSize < 0 || descriptorSize > Descriptor.MAX_BYTES / Sectors.BYTES) {
      throw ImageException.badField(
          storage,
          "descriptorSize",
          Long.toUnsignedString(descriptorSize),
          "at most " + Descriptor.MAX_BYTES / Sectors.BYTES);
    }
    if (descriptorOffset < 1 || descriptorOffset > sectors - descriptorSize) {
      throw ImageException.badField(
          storage,
          "descriptorOffset",
          Long.toUnsignedString(descriptorOffset),
          "1 to " + (sectors - descriptorSize));
    }
  }

  /** True where the file says that it carries its own descriptor. */
  boolean hasDescriptor() {
    return descriptorOffset != 0 && descriptorSize != 0;
  }

  /** The text of the embedded descriptor. */
  byte[] descriptor(Storage storage) throws IOException {
    int bytes = (int) descriptorSize * Sectors.BYTES;
    return Sectors.read(storage, descriptorOffset * Sectors.BYTES, bytes).array();
  }

  /** True for a new extent that gets its capacity from what is written to it. */
  boolean isGrowable() {
    long room = ROOM_ENTRIES * SparseGeometry.ENTRY_BYTES / Sectors.BYTES;
    return capacity == 0
        && hasDescriptor()
        && !isCompressed()
        && (flags & FLAG_REDUNDANT) != 0
        && rgdOffset > 0
        && rgdOffset <= gdOffset - room
        && gdOffset <= overHead - room;
  }

  boolean isCompressed() {
    return compressAlgorithm == 1;
  }

  /** True where the first sector of a hosted extent refers to a footer. */
  static boolean hasFooter(Storage storage) throws IOException {
    return parse(Sectors.read(storage, 0, Sectors.BYTES), 0).gdOffset == GD_AT_END;
  }

  /** What else matters to a writer. */
  SparseFacts facts() {
    long descriptorEnd = hasDescriptor() ? descriptorOffset + descriptorSize : 0;
    return new SparseFacts(
        readOnlyReason(),
        uncleanShutdown,
        Math.max(1, Math.max(overHead, descriptorEnd)),
        descriptorOffset,
        hasDescriptor() ? descriptorSize : 0,
        isGrowable());
  }

  private @Nullable String readOnlyReason() {
    if (isCompressed()) {
      return "its grains are compressed";
    }
    if (version == MAX_VERSION) {
      return "version 3 keeps track of changed blocks, which writing would leave out";
    }
    if ((flags & ~WRITABLE_FLAGS) != 0) {
      return "it has flags 0x" + Long.toHexString(flags & ~WRITABLE_FLAGS);
    }
    return null;
  }

  /** The layout of the tables; offsets that no long can hold come out as past any file. */
  SparseGeometry geometry() {
    return new SparseGeometry(
        capacity == 0 ? ROOM_ENTRIES * numGTEsPerGT * grainSize : capacity,
        (int) grainSize,
        (int) numGTEsPerGT,
        hostOffset(gdOffset),
        (flags & FLAG_REDUNDANT) == 0 ? 0 : hostOffset(rgdOffset),
        1,
        (flags & FLAG_ZEROED_GRAINS) != 0,
        isCompressed(),
        (flags & FLAG_MARKERS) != 0);
  }

  private static long hostOffset(long sector) {
    return sector < 0 || sector > Sectors.MAX_DISK ? Long.MAX_VALUE : sector * Sectors.BYTES;
  }
}
