// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** An exFAT file system. Its label is an entry of the root folder. */
final class ExfatVolume {
  private static final int HEAP_SECTOR_AT = 88;
  private static final int ROOT_CLUSTER_AT = 96;
  private static final int SERIAL_AT = 100;
  private static final int SECTOR_SHIFT_AT = 108;
  private static final int CLUSTER_SHIFT_AT = 109;

  /** 4 KiB. */
  private static final int MAX_SECTOR_SHIFT = 12;

  /** 32 MiB a cluster, sectors included. */
  private static final int MAX_SHIFT = 25;

  /** The label is one of the first entries. */
  private static final int ROOT_BYTES = 4096;

  private static final int ENTRY_BYTES = 32;
  private static final int LABEL_ENTRY = 0x83;
  private static final int MAX_LABEL_CHARACTERS = 11;

  private ExfatVolume() {}

  static Content content(Fields head, Pieces volume) throws IOException {
    String label = label(volume.at(rootOffset(head), ROOT_BYTES));
    return new Content("exfat", label, BootSectors.serial(head, SERIAL_AT));
  }

  private static long rootOffset(Fields head) {
    int sectorShift = Math.min(MAX_SECTOR_SHIFT, head.u8(SECTOR_SHIFT_AT));
    int shift = Math.min(MAX_SHIFT, sectorShift + head.u8(CLUSTER_SHIFT_AT));
    long clusters = head.u32(ROOT_CLUSTER_AT) - 2;
    return (head.u32(HEAP_SECTOR_AT) << sectorShift) + (clusters << shift);
  }

  private static String label(Fields root) {
    for (int at = 0; at < root.length() && root.u8(at) != 0; at += ENTRY_BYTES) {
      if (root.u8(at) == LABEL_ENTRY) {
        int characters = Math.min(MAX_LABEL_CHARACTERS, root.u8(at + 1));
        return root.text(at + 2, characters * 2, StandardCharsets.UTF_16LE);
      }
    }
    return "";
  }
}
