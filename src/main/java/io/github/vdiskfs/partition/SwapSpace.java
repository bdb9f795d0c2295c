// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.util.List;
import java.util.Optional;

/** Swap space, and what a hibernated system makes of it. It ends its first page with its name. */
final class SwapSpace {
  /** The sizes of pages of the machines that Linux runs on. */
  private static final int[] PAGE_BYTES = {4096, 8192, 16384, 32768, 65536};

  private static final int NAME_BYTES = 10;
  private static final int UUID_AT = 1036;
  private static final int LABEL_AT = 1052;
  private static final int LABEL_BYTES = 16;

  private static final List<String> SUSPENDED =
      List.of("S1SUSPEND", "S2SUSPEND", "ULSUSPEND", "LINHIB0001");

  private SwapSpace() {}

  static Optional<Content> probe(Fields head) {
    for (int page : PAGE_BYTES) {
      int at = page - NAME_BYTES;
      if (head.has(at, "SWAPSPACE2")) {
        return Optional.of(content("swap", head));
      }
      if (SUSPENDED.stream().anyMatch(name -> head.has(at, name))) {
        return Optional.of(content("swsuspend", head));
      }
    }
    return Optional.empty();
  }

  private static Content content(String type, Fields head) {
    return new Content(type, head.text(LABEL_AT, LABEL_BYTES), head.uuid(UUID_AT));
  }
}
