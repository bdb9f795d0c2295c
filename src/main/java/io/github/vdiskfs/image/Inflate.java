// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Deflate streams (RFC 1951), bare or in a zlib wrapper (RFC 1950), unpacked into one unit. */
public final class Inflate {
  private Inflate() {}

  /**
   * Unpacks into a unit of {@code unitBytes}; whatever the stream holds beyond it is not looked at,
   * and a stream that ends early leaves zeroes only where {@code mayEndEarly}.
   *
   * @param bare true for a stream without zlib header and checksum
   * @throws DataFormatException where the stream is damaged or too short
   */
  public static byte[] unit(
      byte[] packed, int offset, int length, int unitBytes, boolean bare, boolean mayEndEarly)
      throws DataFormatException {
    Inflater inflater = new Inflater(bare);
    try {
      inflater.setInput(packed, offset, length);
      byte[] unit = new byte[unitBytes];
      int done = 0;
      while (done < unitBytes) {
        int n = inflater.inflate(unit, done, unitBytes - done);
        if (n == 0) {
          break;
        }
        done += n;
      }
      if (done < unitBytes && !(mayEndEarly && inflater.finished())) {
        throw new DataFormatException("stream ends after " + done + " of " + unitBytes + " bytes");
      }
      return unit;
    } finally {
      inflater.end();
    }
  }
}
