// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import io.github.vdiskfs.disk.TestDisks;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.format.KnownFormats;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.MemoryFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32;

/** A raw disk in memory that partition tables are written onto, right or wrong. */
final class TableImage {
  static final String LINUX = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";

  /** The usual sector. */
  static final int SECTOR = 512;

  final ByteBuffer bytes;

  TableImage(int sizeBytes) {
    this(new byte[sizeBytes]);
  }

  TableImage(byte[] content) {
    bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** True where there is the first header of a GPT. */
  boolean hasGpt() {
    return bytes.capacity() >= 2 * SECTOR
        && "EFI PART".equals(new String(bytes.array(), SECTOR, 8, StandardCharsets.ISO_8859_1));
  }

  /** Writes an entry of a first sector, or of one like it at {@code offset}. */
  TableImage entry(long offset, int index, int type, long startSector, long sectors) {
    int at = (int) offset + 446 + index * 16;
    bytes.put(at + 4, (byte) type).putInt(at + 8, (int) startSector);
    bytes.putInt(at + 12, (int) sectors);
    bytes.putShort((int) offset + 510, (short) 0xAA55);
    return this;
  }

  /** Writes a GPT of 512-byte sectors or others at both ends of the disk, without entries. */
  TableImage gpt(int sectorBytes, int entries) {
    entry(0, 0, 0xEE, 1, bytes.capacity() / 512 - 1);
    int last = bytes.capacity() / sectorBytes - 1;
    int tableSectors = (entries * 128 + sectorBytes - 1) / sectorBytes;
    header(sectorBytes, 1, 2, entries, tableSectors);
    header(sectorBytes, last, last - tableSectors, entries, tableSectors);
    return this;
  }

  private void header(int sectorBytes, long own, long table, int entries, int tableSectors) {
    int at = (int) own * sectorBytes;
    int last = bytes.capacity() / sectorBytes - 1;
    put(at, "EFI PART").putInt(at + 8, 0x10000).putInt(at + 12, 92).putLong(at + 24, own);
    bytes.putLong(at + 40, 2 + tableSectors).putLong(at + 48, last - tableSectors - 1);
    bytes.putLong(at + 72, table).putInt(at + 80, entries).putInt(at + 84, 128);
    seal(at, sectorBytes);
  }

  /** Makes the checksums of the header at an offset right. */
  TableImage seal(int at, int sectorBytes) {
    int table = (int) bytes.getLong(at + 72) * sectorBytes;
    int length = bytes.getInt(at + 80) * bytes.getInt(at + 84);
    if (table >= 0 && length >= 0 && length <= bytes.capacity() - table) {
      bytes.putInt(at + 88, crc(table, length));
    }
    bytes.putInt(at + 16, 0);
    bytes.putInt(at + 16, crc(at, 92));
    return this;
  }

  private int crc(int at, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes.array(), at, length);
    return (int) crc.getValue();
  }

  /** Writes an entry into both copies of a GPT. */
  TableImage partition(int sectorBytes, int index, long first, long last, String name) {
    int end = (bytes.capacity() / sectorBytes - 1) * sectorBytes;
    for (int header : new int[] {sectorBytes, end}) {
      int at = (int) bytes.getLong(header + 72) * sectorBytes + index * 128;
      UUID type = UUID.fromString(LINUX);
      long high = type.getMostSignificantBits();
      bytes.putInt(at, (int) (high >>> 32)).putShort(at + 4, (short) (high >>> 16));
      bytes.putShort(at + 6, (short) high);
      bytes.putLong(at + 8, Long.reverseBytes(type.getLeastSignificantBits()));
      bytes.putLong(at + 16, index + 1).putLong(at + 32, first).putLong(at + 40, last);
      byte[] letters = name.getBytes(StandardCharsets.UTF_16LE);
      bytes.put(at + 56, letters, 0, letters.length);
      seal(header, sectorBytes);
    }
    return this;
  }

  /** Writes ASCII characters. */
  ByteBuffer put(int at, String characters) {
    byte[] letters = characters.getBytes(StandardCharsets.ISO_8859_1);
    return bytes.put(at, letters, 0, letters.length);
  }

  /** The disk as the program opens it. */
  VirtualDisk open() throws IOException {
    MemoryFolder folder = new MemoryFolder();
    folder.putAll(Map.of("disk", bytes.array()));
    ImageFormat raw =
        KnownFormats.all().stream().filter(f -> f.name().equals("raw")).findFirst().orElseThrow();
    return TestDisks.open(folder, "disk", raw);
  }

  PartitionTable read() throws IOException {
    try (VirtualDisk disk = open()) {
      return TableReader.read(disk);
    }
  }
}
