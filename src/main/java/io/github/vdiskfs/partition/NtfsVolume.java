// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** An NTFS file system. Its label is an attribute of the file with number 3, {@code $Volume}. */
final class NtfsVolume {
  private static final int SECTOR_BYTES_AT = 11;
  private static final int CLUSTER_SECTORS_AT = 13;
  private static final int TABLE_CLUSTER_AT = 48;
  private static final int RECORD_SIZE_AT = 64;
  private static final int SERIAL_AT = 72;

  private static final int VOLUME_RECORD = 3;
  private static final int MAX_RECORD_BYTES = 65536;
  private static final int MAX_CLUSTER_SHIFT = 21;

  private static final int FIRST_ATTRIBUTE_AT = 20;
  private static final int VOLUME_NAME = 0x60;
  private static final int IS_ELSEWHERE = 8;
  private static final int VALUE_BYTES = 16;
  private static final int VALUE_AT = 20;
  private static final int MIN_ATTRIBUTE_BYTES = 16;
  private static final int MAX_LABEL_BYTES = 256;

  private NtfsVolume() {}

  static Content content(Fields head, Pieces volume) throws IOException {
    String serial = String.format(Locale.ROOT, "%016X", head.i64(SERIAL_AT));
    return new Content("ntfs", label(record(head, volume)), serial);
  }

  private static Fields record(Fields head, Pieces volume) throws IOException {
    long clusterBytes = (long) head.u16(SECTOR_BYTES_AT) * shifted(head.u8(CLUSTER_SECTORS_AT));
    int size = (byte) head.u8(RECORD_SIZE_AT);
    long recordBytes = size < 0 ? shifted(size & 0xFF) : size * clusterBytes;
    long cluster = head.i64(TABLE_CLUSTER_AT);
    if (clusterBytes == 0 || cluster < 0 || cluster > volume.size() / clusterBytes) {
      return volume.at(-1, 0);
    }
    int count = (int) Math.min(MAX_RECORD_BYTES, recordBytes);
    return volume.at(cluster * clusterBytes + VOLUME_RECORD * (long) count, count).mended();
  }

  /** A size as it is, or, where it is a negative byte, the power of two that it is of. */
  private static int shifted(int word) {
    return word <= 0x80 ? word : 1 << Math.min(MAX_CLUSTER_SHIFT, 256 - word);
  }

  private static String label(Fields record) {
    if (!record.has(0, "FILE")) {
      return "";
    }
    int at = record.u16(FIRST_ATTRIBUTE_AT);
    while (at < record.length()) {
      int length = record.i32(at + 4);
      if (record.i32(at) == VOLUME_NAME && record.u8(at + IS_ELSEWHERE) == 0) {
        int bytes = Math.min(MAX_LABEL_BYTES, record.u16(at + VALUE_BYTES));
        return record.text(at + record.u16(at + VALUE_AT), bytes, StandardCharsets.UTF_16LE);
      }
      if (length < MIN_ATTRIBUTE_BYTES || length > record.length()) {
        return "";
      }
      at += length;
    }
    return "";
  }
}
