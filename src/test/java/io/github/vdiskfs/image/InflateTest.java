// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InflateTest {
  private static byte[] unit(int bytes) {
    byte[] unit = new byte[bytes];
    Random random = new Random(bytes);
    for (int i = 0; i < bytes; i++) {
      unit[i] = (byte) random.nextInt(7);
    }
    return unit;
  }

  private static byte[] pack(byte[] unit, boolean bare) {
    Deflater deflater = new Deflater(6, bare);
    deflater.setInput(unit);
    deflater.finish();
    byte[] packed = new byte[unit.length + 100];
    int n = deflater.deflate(packed);
    deflater.end();
    return Arrays.copyOf(packed, n);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void unpacksWithGarbageBehindTheStream(boolean bare) throws DataFormatException {
    for (int bytes : new int[] {1, 512, 65536, 2 << 20, 5 << 20}) {
      byte[] unit = unit(bytes);
      byte[] packed = pack(unit, bare);
      byte[] padded = Arrays.copyOf(packed, packed.length + 511);
      Arrays.fill(padded, packed.length, padded.length, (byte) 0xA5);
      assertArrayEquals(
          unit, Inflate.unit(padded, padded.length, bytes, bare, false), bytes + " bytes");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void longerStreamsAreCutAtTheUnit(boolean bare) throws DataFormatException {
    byte[] packed = pack(unit(100_000), bare);
    assertArrayEquals(
        Arrays.copyOf(unit(100_000), 65536),
        Inflate.unit(packed, packed.length, 65536, bare, false));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shorterStreamsAreAnErrorUnlessAllowed(boolean bare) throws DataFormatException {
    byte[] packed = pack(unit(1000), bare);
    assertThrows(
        DataFormatException.class, () -> Inflate.unit(packed, packed.length, 65536, bare, false));
    assertArrayEquals(
        Arrays.copyOf(unit(1000), 65536), Inflate.unit(packed, packed.length, 65536, bare, true));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void truncatedAndDamagedStreamsAreErrors(boolean bare) {
    byte[] packed = pack(unit(65536), bare);
    assertThrows(
        DataFormatException.class,
        () -> Inflate.unit(packed, packed.length / 2, 65536, bare, true));
    byte[] noise = new byte[4096];
    new Random(1).nextBytes(noise);
    noise[0] = 7;
    assertThrows(
        DataFormatException.class, () -> Inflate.unit(noise, noise.length, 65536, bare, true));
  }
}
