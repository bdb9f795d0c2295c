// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Makes an empty hosted sparse extent: header, room for a descriptor, and both directories, each
 * before its tables. All tables are there, as other programs expect it; they are holes of the host.
 */
final class SparseCreator {
  /** 64 KiB, as VMware has it. */
  private static final int GRAIN_SECTORS = 128;

  private static final int GTES = 512;

  /** Room for a descriptor behind the header, as in QEMU. */
  static final int DESCRIPTOR_SECTORS = 20;

  private static final int WRITE_BYTES = 64 << 10;

  private final Storage file;
  private final long sectors;
  private final boolean zeroedGrains;
  private final long gdEntries;
  private final long rgdOffset;
  private final long gdOffset;
  private final long overHead;

  /**
   * @param sectors capacity; 0 for a disk that will grow
   * @param zeroedGrains grains can be said to be zero
   */
  SparseCreator(Storage file, long sectors, boolean zeroedGrains) throws ImageException {
    this.file = file;
    this.sectors = sectors;
    this.zeroedGrains = zeroedGrains;
    this.gdEntries = SparseGeometry.gdEntries(sectors, GRAIN_SECTORS, GTES);
    long entries = sectors == 0 ? HostedHeader.ROOM_ENTRIES : gdEntries;
    long tables = gdEntries * tableSectors();
    this.rgdOffset = 1 + DESCRIPTOR_SECTORS;
    this.gdOffset = rgdOffset + sectorsFor(entries) + tables;
    this.overHead = roundUp(gdOffset + sectorsFor(entries) + tables);
    if (overHead * Sectors.BYTES > SparseWriter.MAX_FILE_BYTES) {
      throw ImageException.unsupported(file, "a sparse extent of " + sectors + " sectors");
    }
  }

  private static long tableSectors() {
    return (long) GTES * SparseGeometry.ENTRY_BYTES / Sectors.BYTES;
  }

  private static long sectorsFor(long entries) {
    return (entries * SparseGeometry.ENTRY_BYTES + Sectors.BYTES - 1) / Sectors.BYTES;
  }

  private static long roundUp(long sector) {
    return (sector + GRAIN_SECTORS - 1) / GRAIN_SECTORS * GRAIN_SECTORS;
  }

  /**
   * Writes the file.
   *
   * @param descriptor the text that it embeds, or null
   */
  void create(byte @Nullable [] descriptor) throws IOException {
    file.truncate(overHead * Sectors.BYTES);
    file.write(header().toBytes(), 0);
    if (descriptor != null) {
      if (descriptor.length > DESCRIPTOR_SECTORS * Sectors.BYTES) {
        throw ImageException.unsupported(file, "a descriptor of " + descriptor.length + " bytes");
      }
      file.write(ByteBuffer.wrap(descriptor), Sectors.BYTES);
    }
    writeDirectory(rgdOffset);
    writeDirectory(gdOffset);
  }

  private HostedHeader header() {
    long flags = HostedHeader.FLAG_LINE_ENDS | HostedHeader.FLAG_REDUNDANT;
    return new HostedHeader(
        zeroedGrains ? 2 : 1,
        flags | (zeroedGrains ? HostedHeader.FLAG_ZEROED_GRAINS : 0),
        sectors,
        GRAIN_SECTORS,
        1,
        DESCRIPTOR_SECTORS,
        GTES,
        rgdOffset,
        gdOffset,
        overHead,
        false,
        HostedHeader.LINE_ENDS,
        0);
  }

  /** A directory whose tables follow it. */
  private void writeDirectory(long sector) throws IOException {
    long firstTable = sector + sectorsFor(gdEntries);
    int perWrite = WRITE_BYTES / SparseGeometry.ENTRY_BYTES;
    for (long first = 0; first < gdEntries; first += perWrite) {
      int count = (int) Math.min(perWrite, gdEntries - first);
      ByteBuffer entries =
          ByteBuffer.allocate(count * SparseGeometry.ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        entries.putInt((int) (firstTable + (first + i) * tableSectors()));
      }
      file.write(entries.flip(), sector * Sectors.BYTES + first * SparseGeometry.ENTRY_BYTES);
    }
  }
}
