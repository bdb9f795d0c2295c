// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.vdiskfs.disk.TestDisks;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.storage.MemoryFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images with changed metadata: writing, checking and mending end, and fail with words at most. */
class Qcow2WriteMutationTest {
  private static final int MUTANTS = 150;
  private static final int MOST_GROWTH = 8 << 20;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "snapshots.qcow2",
        "snapshots-v2.qcow2",
        "snapshots-extended.qcow2",
        "packed-snapshots.qcow2",
        "packed-extended.qcow2",
        "bitmaps.qcow2",
      })
  void mutantsAreHandled(String name) throws IOException {
    long seed = Long.getLong("vdiskfs.proof.seed", System.nanoTime());
    for (int i = 0; i < MUTANTS; i++) {
      Random random = new Random(seed + i);
      byte[] mutant = WriteGeometries.bytes(name);
      String what = name + ", seed " + (seed + i) + ": " + mutate(mutant, random);
      assertTimeoutPreemptively(Duration.ofSeconds(20), () -> handle(mutant, random, what), what);
    }
  }

  private static void handle(byte[] mutant, Random random, String what) {
    MemoryFolder folder = new MemoryFolder();
    folder.putAll(Map.of("disk", mutant));
    try {
      write(folder, random);
      check(folder, CheckReport.Repair.ALL);
      write(folder, random);
    } catch (RuntimeException | Error e) {
      throw new AssertionError(what + ": " + e, e);
    }
  }

  private static void write(MemoryFolder folder, Random random) {
    try (VirtualDisk disk = TestDisks.open(folder, "disk", new Qcow2Format())) {
      disk.startWriting();
      for (int i = 0; i < 25; i++) {
        change(disk, random);
      }
    } catch (IOException e) {
      assertFalse(String.valueOf(e.getMessage()).isBlank());
    }
  }

  /** A change that fails does not keep the next one from being tried. */
  private static void change(VirtualDisk disk, Random random) {
    int length = 1 + random.nextInt(20_000);
    long offset = (long) (random.nextDouble() * Math.min(disk.size(), 1 << 20));
    try {
      switch (random.nextInt(8)) {
        case 0 -> disk.zero(offset, length);
        case 1 -> disk.resize(1 + random.nextInt(MOST_GROWTH));
        case 2 -> disk.flush();
        default -> disk.write(ByteBuffer.allocate(length), offset);
      }
    } catch (IOException e) {
      assertFalse(String.valueOf(e.getMessage()).isBlank());
    }
  }

  private static void check(MemoryFolder folder, CheckReport.Repair repair) {
    CheckReport report = new CheckReport(repair, (done, total) -> {});
    try (VirtualDisk disk = TestDisks.open(folder, "disk", new Qcow2Format())) {
      disk.top().check(report);
    } catch (IOException e) {
      assertFalse(String.valueOf(e.getMessage()).isBlank());
    }
  }

  /** Changes words of the tables, or any others of the first clusters. */
  private static String mutate(byte[] mutant, Random random) {
    ByteBuffer image = ByteBuffer.wrap(mutant);
    ByteBuffer sound = ByteBuffer.wrap(mutant.clone());
    List<String> changes = new ArrayList<>();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      int at = place(sound, random) & -8;
      long before = image.getLong(at);
      image.putLong(at, mutated(before, image.capacity(), random));
      changes.add(String.format("%x: %x to %x", at, before, image.getLong(at)));
    }
    return changes.toString();
  }

  private static int place(ByteBuffer image, Random random) {
    int clusterBytes = 1 << image.getInt(20);
    int l1 = (int) image.getLong(40);
    int refcounts = (int) image.getLong(48);
    int l2 = (int) Qcow2Layout.l2TableOffset(image.getLong(l1));
    return switch (random.nextInt(5)) {
          case 0 -> 24 + random.nextInt(80);
          case 1 -> l1 + random.nextInt(64);
          case 2 -> refcounts + random.nextInt(16);
          case 3 -> (int) image.getLong(refcounts) + random.nextInt(clusterBytes);
          default -> l2 + random.nextInt(Math.min(2048, clusterBytes));
        }
        % (image.capacity() - 8);
  }

  private static long mutated(long before, int fileBytes, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> before ^ 1L << random.nextInt(64);
      case 1 -> random.nextLong();
      case 2 -> 0;
      case 3 -> before ^ Long.MIN_VALUE;
      case 4 -> Qcow2Layout.copiedEntry(random.nextInt(fileBytes) & -512L);
      default -> random.nextInt(fileBytes) & -512L;
    };
  }
}
