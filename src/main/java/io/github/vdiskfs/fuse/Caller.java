// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The thread of another program that waits for a request. */
final class Caller {
  private static final String[] PENDING = {"\nSigPnd:", "\nShdPnd:"};

  /** What any fatal signal comes to. */
  private static final long SIGKILL = 1L << 8;

  private static final int HEXADECIMAL = 16;

  private Caller() {}

  /**
   * True where it was killed, and ends as soon as it has its answer. Other signals are no reason to
   * give up: nobody expects that a file's input or output is interrupted.
   */
  static boolean isKilled(int thread) {
    try {
      String status = Files.readString(Path.of("/proc/" + thread + "/status"));
      for (String label : PENDING) {
        int start = status.indexOf(label) + label.length();
        String signals = status.substring(start, status.indexOf('\n', start)).strip();
        if ((Long.parseUnsignedLong(signals, HEXADECIMAL) & SIGKILL) != 0) {
          return true;
        }
      }
      return false;
    } catch (IOException | NumberFormatException | StringIndexOutOfBoundsException e) {
      // It is gone, or not of this host.
      return false;
    }
  }
}
