// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** The places of struct fuse_init_out in include/uapi/linux/fuse.h of Linux. */
class InitReplyTest {
  private static final int FLAGS = 12;
  private static final int FLAGS2 = 32;

  private static final int ATOMIC_O_TRUNC = 1 << 3;
  private static final int AUTO_INVAL_DATA = 1 << 12;
  private static final int WRITEBACK_CACHE = 1 << 16;
  private static final int EXPLICIT_INVAL_DATA = 1 << 25;
  private static final int HANDLE_KILLPRIV_V2 = 1 << 28;
  private static final int INIT_EXT = 1 << 30;
  private static final int DIRECT_IO_ALLOW_MMAP = 1 << 4;

  private static ByteBuffer reply(int minor, int flags, int flags2) {
    ByteBuffer request = ByteBuffer.allocate(256).order(ByteOrder.nativeOrder());
    request.putInt(Wire.INIT_MINOR, minor);
    request.putInt(Wire.INIT_FLAGS, flags).putInt(Wire.INIT_FLAGS2, flags2);
    ByteBuffer body = ByteBuffer.allocate(256).order(ByteOrder.nativeOrder());
    assertEquals(64, InitReply.write(request, body));
    return body;
  }

  private static int accepted(int offered) {
    return reply(45, offered, 0).getInt(FLAGS);
  }

  @Test
  void nothingIsAcceptedThatIsNotOffered() {
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      assertEquals(0, accepted(~(1 << bit)) & (1 << bit), "bit " + bit);
    }
    assertEquals(0, accepted(0));
  }

  @Test
  void acceptsWhatIsKept() {
    int kept = EXPLICIT_INVAL_DATA | HANDLE_KILLPRIV_V2 | INIT_EXT;
    assertEquals(kept, accepted(-1) & kept);
    assertEquals(0, accepted(-1) & (ATOMIC_O_TRUNC | WRITEBACK_CACHE | AUTO_INVAL_DATA));
  }

  @Test
  void olderKernelsWatchTimeStamps() {
    int offered = ~EXPLICIT_INVAL_DATA;
    assertEquals(AUTO_INVAL_DATA, accepted(offered) & (AUTO_INVAL_DATA | EXPLICIT_INVAL_DATA));
  }

  @Test
  void theSecondWordCountsOnlyWhereItIsAnnounced() {
    assertEquals(DIRECT_IO_ALLOW_MMAP, reply(45, INIT_EXT, -1).getInt(FLAGS2));
    assertEquals(0, reply(45, INIT_EXT, ~DIRECT_IO_ALLOW_MMAP).getInt(FLAGS2));
    assertEquals(0, reply(45, 0, -1).getInt(FLAGS2));
  }

  @Test
  void speaksTheOlderOfTheTwoProtocols() {
    assertEquals(7, reply(45, -1, -1).getInt(0));
    assertEquals(31, reply(45, -1, -1).getInt(4));
    assertEquals(27, reply(27, -1, -1).getInt(4));
  }
}
