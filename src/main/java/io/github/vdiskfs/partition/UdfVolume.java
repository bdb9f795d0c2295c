// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** A UDF file system (ECMA-167): an anchor in block 256 leads to a row of descriptors. */
final class UdfVolume {
  private static final int RECOGNITION_AT = 32768;
  private static final int RECOGNITION_BYTES = 2048;
  private static final int MAX_RECOGNITION = 16;

  private static final int[] BLOCK_BYTES = {2048, 512, 4096, 1024};
  private static final long ANCHOR_BLOCK = 256;
  private static final int ANCHOR = 2;
  private static final int ROW_BYTES_AT = 16;
  private static final int ROW_BLOCK_AT = 20;

  /** Rows have six descriptors, and room for sixteen. */
  private static final int MAX_DESCRIPTORS = 32;

  private static final int DESCRIPTOR_BYTES = 512;
  private static final int PRIMARY = 1;
  private static final int LOGICAL = 6;
  private static final int TERMINATOR = 8;
  private static final int SET_AT = 72;
  private static final int LABEL_AT = 84;
  private static final int NAME_BYTES = 128;
  private static final int WIDE = 16;

  private UdfVolume() {}

  static Optional<Content> probe(Fields head, Pieces volume) throws IOException {
    if (!isRecognized(head)) {
      return Optional.empty();
    }
    for (int blockBytes : BLOCK_BYTES) {
      Fields anchor = volume.at(ANCHOR_BLOCK * blockBytes, DESCRIPTOR_BYTES);
      if (anchor.u16(0) == ANCHOR && anchor.i32(12) == ANCHOR_BLOCK) {
        return Optional.of(content(anchor, blockBytes, volume));
      }
    }
    return Optional.of(new Content("udf", "", ""));
  }

  private static boolean isRecognized(Fields head) {
    for (int i = 0; i < MAX_RECOGNITION; i++) {
      if (head.has(RECOGNITION_AT + i * RECOGNITION_BYTES + 1, "NSR0")) {
        return true;
      }
    }
    return false;
  }

  private static Content content(Fields anchor, int blockBytes, Pieces volume) throws IOException {
    String label = "";
    String set = "";
    long blocks = Math.min(MAX_DESCRIPTORS, anchor.u32(ROW_BYTES_AT) / blockBytes);
    int kind = 0;
    for (int i = 0; i < blocks && kind != TERMINATOR; i++) {
      long offset = (anchor.u32(ROW_BLOCK_AT) + i) * blockBytes;
      Fields descriptor = volume.at(offset, DESCRIPTOR_BYTES);
      kind = descriptor.u16(0);
      if (kind == PRIMARY) {
        set = name(descriptor, SET_AT);
      } else if (kind == LOGICAL) {
        label = name(descriptor, LABEL_AT);
      }
    }
    return new Content("udf", label, uuid(set));
  }

  /** Letters of one or two bytes behind a byte that says so; the last byte is the length. */
  private static String name(Fields descriptor, int at) {
    int bytes = Math.min(NAME_BYTES - 1, descriptor.u8(at + NAME_BYTES - 1)) - 1;
    return descriptor.text(
        at + 1,
        bytes,
        descriptor.u8(at) == WIDE ? StandardCharsets.UTF_16BE : StandardCharsets.ISO_8859_1);
  }

  /** By custom a volume set's name begins with a unique number. */
  private static String uuid(String set) {
    return set.matches("[0-9A-Fa-f]{16}.*") ? set.substring(0, 16).toLowerCase(Locale.ROOT) : "";
  }
}
