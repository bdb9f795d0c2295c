// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.storage.MemoryFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every writable format keeps to when several threads write: no write is lost, neither where
 * their sectors lie in the same units nor where they overlap.
 */
public abstract class ConcurrentContract extends WriteProof {
  private static final int SECTOR = 512;
  private static final int THREADS = 4;
  private static final int OPERATIONS_PER_THREAD = 300;
  private static final int MOST_SECTORS = 64;

  /** What a thread does with its disk. */
  private interface Work {
    void run(int thread, Random random) throws IOException;
  }

  private static void inThreads(long seed, Work work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Void>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        all.add(
            () -> {
              work.run(thread, new Random(seed + thread));
              return null;
            });
      }
      for (Future<Void> one : threads.invokeAll(all)) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("seed " + seed + ": " + e.getCause(), e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  /** Each thread has every fourth sector, and finds in it what it wrote whenever it looks. */
  @ParameterizedTest
  @MethodSource("geometries")
  void sectorsOfOneUnitAreIndependent(Geometry geometry) throws Exception {
    long seed = newSeed();
    MemoryFolder folder = new MemoryFolder();
    geometry.maker().make(folder);
    byte[] model;
    try (VirtualDisk disk = openWritable(folder, geometry)) {
      model = readAll(disk);
      int sectors = (int) (disk.size() / SECTOR);
      inThreads(
          seed,
          (thread, random) -> {
            for (int i = 0; i < amount(OPERATIONS_PER_THREAD); i++) {
              int sector = random.nextInt(sectors) / THREADS * THREADS + thread;
              if (sector < sectors) {
                changeOwn(disk, model, sector, random);
              }
            }
          });
      assertArrayEquals(model, readAll(disk), "seed " + seed);
    }
    byte[] after = readAndCheck(folder, geometry, false, "seed " + seed);
    assertArrayEquals(model, after, "seed " + seed);
    assertEquals(0, folder.openings(), "files left open");
  }

  private static void changeOwn(VirtualDisk disk, byte[] model, int sector, Random random)
      throws IOException {
    int offset = sector * SECTOR;
    byte[] found = read(disk, offset, SECTOR);
    assertArrayEquals(Arrays.copyOfRange(model, offset, offset + SECTOR), found, "at " + offset);
    if (random.nextInt(4) == 0) {
      disk.zero(offset, SECTOR);
      Arrays.fill(model, offset, offset + SECTOR, (byte) 0);
    } else {
      byte[] bytes = new byte[1 + random.nextInt(SECTOR)];
      random.nextBytes(bytes);
      disk.write(ByteBuffer.wrap(bytes), offset);
      System.arraycopy(bytes, 0, model, offset, bytes.length);
    }
    if (random.nextInt(40) == 0) {
      disk.flush();
    }
  }

  /**
   * All threads write everywhere, each sector full of a stamp of its own. In the end every sector
   * holds the last stamp that one of the threads put there.
   */
  @ParameterizedTest
  @MethodSource("geometries")
  void overlappingWritesLeaveOneOfThem(Geometry geometry) throws Exception {
    long seed = newSeed();
    MemoryFolder folder = new MemoryFolder();
    geometry.maker().make(folder);
    byte[] before;
    int[][] last;
    try (VirtualDisk disk = openWritable(folder, geometry)) {
      before = readAll(disk);
      int sectors = (int) (disk.size() / SECTOR);
      last = new int[THREADS][sectors];
      inThreads(
          seed,
          (thread, random) -> {
            for (int i = 0; i < amount(OPERATIONS_PER_THREAD); i++) {
              change(disk, last[thread], (i + 1) * THREADS + thread, random);
            }
          });
      checkStamps(before, last, readAll(disk), "seed " + seed);
    }
    byte[] after = readAndCheck(folder, geometry, false, "seed " + seed);
    checkStamps(before, last, after, "reopened, seed " + seed);
  }

  /** A stamp of -1 stands for zeroes, one of 0 for nothing. */
  private static void change(VirtualDisk disk, int[] last, int stamp, Random random)
      throws IOException {
    int start = random.nextInt(Math.max(1, last.length / 8)) * (1 + random.nextInt(8));
    int count = Math.min(1 + random.nextInt(MOST_SECTORS), last.length - start);
    long offset = (long) start * SECTOR;
    boolean zero = random.nextInt(5) == 0;
    if (zero) {
      disk.zero(offset, (long) count * SECTOR);
    } else {
      disk.write(stamps(stamp, count * SECTOR), offset);
    }
    Arrays.fill(last, start, start + count, zero ? -1 : stamp);
    if (random.nextInt(50) == 0) {
      disk.flush();
    }
  }

  private static ByteBuffer stamps(int stamp, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      bytes.putInt(stamp);
    }
    return bytes.flip();
  }

  private static void checkStamps(byte[] before, int[][] last, byte[] found, String context) {
    for (int sector = 0; sector < last[0].length; sector++) {
      byte[] is = Arrays.copyOfRange(found, sector * SECTOR, (sector + 1) * SECTOR);
      boolean wanted = false;
      boolean touched = false;
      for (int[] of : last) {
        int stamp = of[sector];
        touched |= stamp != 0;
        wanted |= stamp != 0 && Arrays.equals(stamps(Math.max(0, stamp), SECTOR).array(), is);
      }
      if (!touched) {
        byte[] was = Arrays.copyOfRange(before, sector * SECTOR, (sector + 1) * SECTOR);
        assertArrayEquals(was, is, context + ": untouched sector " + sector);
      }
      assertTrue(wanted || !touched, context + ": sector " + sector + " holds a mixture");
    }
  }
}
