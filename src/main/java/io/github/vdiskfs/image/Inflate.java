// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.posix.LibDeflate;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Deflate streams (RFC 1951), bare or in a zlib wrapper (RFC 1950), unpacked into one unit: by
 * libdeflate where it is installed, by java.util.zip otherwise and for every stream that libdeflate
 * does not like.
 */
public final class Inflate {
  private static final ThreadLocal<Inflater> BARE =
      ThreadLocal.withInitial(() -> new Inflater(true));
  private static final ThreadLocal<Inflater> WRAPPED = ThreadLocal.withInitial(Inflater::new);

  private Inflate() {}

  /**
   * Unpacks into a unit of {@code unitBytes}; whatever the stream holds beyond it is not looked at,
   * and a stream that ends early leaves zeroes only where {@code mayEndEarly}.
   *
   * @param length bytes from the start of {@code packed} in which the stream must end
   * @param bare true for a stream without zlib header and checksum
   * @throws DataFormatException where the stream is damaged or too short
   */
  public static byte[] unit(
      byte[] packed, int length, int unitBytes, boolean bare, boolean mayEndEarly)
      throws DataFormatException {
    byte[] unit = UnitArrays.take(unitBytes);
    if (LibDeflate.unpack(packed, length, unit, bare)) {
      return unit;
    }
    Inflater inflater = (bare ? BARE : WRAPPED).get();
    inflater.reset();
    inflater.setInput(packed, 0, length);
    int done = 0;
    int n = 1;
    while (done < unitBytes && n > 0) {
      n = inflater.inflate(unit, done, unitBytes - done);
      done += n;
    }
    if (done < unitBytes && !(mayEndEarly && inflater.finished())) {
      throw new DataFormatException("stream ends after " + done + " of " + unitBytes + " bytes");
    }
    Arrays.fill(unit, done, unitBytes, (byte) 0);
    return unit;
  }
}
