// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DataFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZstdFramesTest {
  private static byte[] unit(int bytes) {
    byte[] unit = new byte[bytes];
    Random random = new Random(bytes);
    for (int i = 0; i < bytes; i++) {
      unit[i] = (byte) (i < bytes / 2 ? 0 : random.nextInt(5));
    }
    return unit;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 200, 512, 4096, 65536, 300_000, 2 << 20})
  void framesOfEveryShapeAreUnpacked(int bytes) throws DataFormatException {
    byte[] unit = unit(bytes);
    for (boolean checksum : new boolean[] {false, true}) {
      for (boolean contentSize : new boolean[] {false, true}) {
        try (ZstdCompressCtx context = new ZstdCompressCtx()) {
          byte[] packed = context.setChecksum(checksum).setContentSize(contentSize).compress(unit);
          byte[] padded = Arrays.copyOf(packed, packed.length + 511);
          assertArrayEquals(unit, ZstdFrames.unit(padded, padded.length, bytes));
        }
      }
    }
  }

  @Test
  void severalFramesFillOneUnit() throws DataFormatException {
    byte[] skippable = {0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3};
    byte[] packed =
        join(
            Zstd.compress(unit(1000)),
            Zstd.compress(new byte[0]),
            skippable,
            Zstd.compress(unit(3096)));
    assertArrayEquals(join(unit(1000), unit(3096)), ZstdFrames.unit(packed, packed.length, 4096));
  }

  @Test
  void moreOrLessThanTheUnitIsDamage() {
    byte[] packed = Zstd.compress(unit(4096));
    assertThrows(DataFormatException.class, () -> ZstdFrames.unit(packed, packed.length, 4095));
    assertThrows(DataFormatException.class, () -> ZstdFrames.unit(packed, packed.length, 4097));
  }

  @Test
  void everyCutIsDamage() {
    byte[] packed = Zstd.compress(unit(4096));
    for (int n = 0; n < packed.length; n++) {
      byte[] cut = Arrays.copyOf(packed, n);
      assertThrows(
          DataFormatException.class, () -> ZstdFrames.unit(cut, cut.length, 4096), "cut at " + n);
    }
  }

  @Test
  void noChangedByteDoesWorseThanDamage() {
    byte[] packed = Zstd.compress(unit(4096));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int survived = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] changed = packed.clone();
      changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      try {
        survived += ZstdFrames.unit(changed, changed.length, 4096).length == 4096 ? 1 : 0;
      } catch (DataFormatException e) {
        survived++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertEquals(3000, survived);
  }
}
