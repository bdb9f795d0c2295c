// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.SnapshotInfo;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images with a few random bytes changed: nothing but {@link ImageException} may come of it. */
class Qcow2MutationTest {
  private static final int ROUNDS = 400;
  private static final int MAX_STEPS = 2000;

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3", "small", "subclusters", "snapshots", "data-file", "bitmaps"})
  void onlyImageExceptionsLeave(String sample) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] sound = TestImages.bytes("qcow2/" + sample + ".qcow2");
    int opened = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = sound.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        int range = random.nextBoolean() ? 200 : bytes.length;
        bytes[random.nextInt(range)] = (byte) (random.nextBoolean() ? random.nextInt() : 0xFF);
      }
      try (Image image =
          new Qcow2Format().open(new MemoryStorage("mutant", bytes), TestImages.context("qcow2"))) {
        opened++;
        walk(image);
        for (SnapshotInfo snapshot : image.info().snapshots()) {
          walk(image.snapshot(snapshot.id()));
        }
      } catch (ImageException e) {
        assertTrue(e.getMessage().length() > 10, e.getMessage());
      } catch (IOException | RuntimeException | Error e) {
        fail("seed " + seed + ", round " + round, e);
      }
    }
    assertTrue(opened > ROUNDS / 10, opened + " opened, seed " + seed);
  }

  private static void walk(Image image) throws IOException {
    long at = 0;
    for (int step = 0; at < image.size() && step < MAX_STEPS; step++) {
      try {
        Extent extent = image.map(at, image.size() - at);
        if (extent.kind() == Extent.Kind.COMPRESSED) {
          image.decode(extent);
        }
        at += extent.length();
      } catch (ImageException e) {
        at += image.info().unitSize();
      }
    }
  }
}
