// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** File systems of DOS and Windows, which begin with a boot sector. */
final class BootSectors {
  private static final int SIGNATURE_AT = 510;
  private static final int SIGNATURE = 0xAA55;
  private static final int NAME_AT = 3;

  private BootSectors() {}

  static Optional<Content> probe(Fields head, Pieces volume) throws IOException {
    if (head.u16(SIGNATURE_AT) != SIGNATURE) {
      return Optional.empty();
    }
    if (head.has(NAME_AT, "NTFS    ")) {
      return Optional.of(NtfsVolume.content(head, volume));
    }
    if (head.has(NAME_AT, "EXFAT   ")) {
      return Optional.of(ExfatVolume.content(head, volume));
    }
    return FatVolume.probe(head, volume);
  }

  /** Four bytes as DOS writes the number of a volume. */
  static String serial(Fields head, int at) {
    return String.format(Locale.ROOT, "%04X-%04X", head.u16(at + 2), head.u16(at));
  }
}
