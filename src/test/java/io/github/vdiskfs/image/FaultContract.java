// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.image.GuestAction.Habits;
import io.github.vdiskfs.image.GuestAction.Kind;
import io.github.vdiskfs.storage.Faults;
import io.github.vdiskfs.storage.FaultyStorage;
import io.github.vdiskfs.storage.MemoryFolder;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every writable format keeps to when the host fails at any one call, or from one call on: who
 * wrote hears of it, nothing that was acknowledged is lost, and the image is sound when it is
 * opened anew.
 */
public abstract class FaultContract extends WriteProof {
  private static final int ACTIONS = 40;
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_STATES = 30;

  @ParameterizedTest
  @MethodSource("geometries")
  void everyFailureIsToldAndLosesNothing(Geometry geometry) throws IOException {
    everyFailure(geometry, false, "Input/output error");
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void aFullHostIsToldAndLosesNothing(Geometry geometry) throws IOException {
    everyFailure(geometry, true, "No space left on device");
  }

  private void everyFailure(Geometry geometry, boolean forEver, String message) throws IOException {
    long seed = newSeed();
    MemoryFolder making = new MemoryFolder();
    geometry.maker().make(making);
    Map<String, byte[]> before = making.contents();
    byte[] content = readAndCheck(making, geometry, true, "at first");
    Scenario all = new Scenario(geometry, before, content, seed);
    all.run();
    int calls = all.faults.calls();
    int step = Math.max(1, calls / amount(MOST_STATES));
    for (int n = Math.floorMod(seed, step); n < calls; n += step) {
      Scenario scenario = new Scenario(geometry, before, content, seed);
      scenario.faults.failAt(n, forEver, message);
      try {
        scenario.run();
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError(
            geometry
                + ", seed "
                + seed
                + ", failing call "
                + n
                + (forEver ? " and on" : "")
                + ": "
                + scenario.faults.failed()
                + ": during "
                + scenario.doing
                + ": "
                + e,
            e);
      }
    }
  }

  /** One run of a guest on a host that fails. */
  private final class Scenario {
    final Faults faults = new Faults();
    private final Geometry geometry;
    private final MemoryFolder folder;
    private final Expectation expected;
    private final Random random;
    private boolean told;
    private boolean flushFailed;
    private String doing = "opening";

    Scenario(Geometry geometry, Map<String, byte[]> before, byte[] content, long seed) {
      this.geometry = geometry;
      this.folder = new MemoryFolder(storage -> new FaultyStorage(storage, faults));
      this.expected = new Expectation(content);
      this.random = new Random(seed);
      folder.putAll(before);
    }

    void run() throws IOException {
      VirtualDisk disk;
      try {
        disk = openWritable(folder, geometry);
      } catch (IOException e) {
        assertTold(e);
        faults.stop();
        reopen();
        return;
      }
      try {
        Habits habits = new Habits(geometry.resizable(), true, MOST_BYTES, 10);
        for (int i = 0; i < ACTIONS; i++) {
          GuestAction action = GuestAction.next(random, disk, habits);
          doing = i + ": " + action;
          perform(disk, action);
        }
        doing = "the last flush";
        perform(disk, GuestAction.flush());
      } finally {
        close(disk);
      }
      doing = "reopening";
      reopen();
    }

    private void perform(VirtualDisk disk, GuestAction action) throws IOException {
      try {
        boolean failedBefore = !faults.failed().isEmpty();
        action.perform(disk);
        action.effects(disk).forEach(expected::add);
        boolean refused = flushFailed && action.kind() == Kind.WRITE;
        assertTrue(!refused, "a write after a flush that failed does not fail");
        if (action.kind() == Kind.FLUSH) {
          assertTrue(!flushFailed, "a flush after one that failed does not fail");
          boolean during = !failedBefore && !faults.failed().isEmpty();
          assertTrue(!during || isPunch(), "a flush hides a failure: " + faults.failed());
        }
      } catch (IOException e) {
        assertTold(e);
        failed(disk, action);
      }
    }

    /** Giving space back to the host is done as well as can be. */
    private boolean isPunch() {
      return faults.failed().startsWith("zero");
    }

    private void assertTold(IOException e) {
      told |= !faults.failed().isEmpty();
      assertTrue(told, () -> "fails though nothing failed: " + e);
    }

    private void failed(VirtualDisk disk, GuestAction action) throws IOException {
      switch (action.kind()) {
        case WRITE, ZERO -> {
          expected.add(action);
          int offset = (int) action.offset();
          expected.settle(offset, read(disk, offset, action.bytes().length));
        }
        case RESIZE -> {
          if (disk.size() != expected.size()) {
            expected.add(new GuestAction(Kind.RESIZE, disk.size(), new byte[0]));
          }
        }
        case FLUSH, FLUSH_TABLES -> {
          flushFailed = true;
          assertThrows(IOException.class, disk::flush, "a second flush");
        }
      }
      assertArrayEquals(expected.content(), readAll(disk), "after a failure");
    }

    private void close(VirtualDisk disk) throws IOException {
      try {
        disk.close();
        expected.flush();
      } catch (IOException e) {
        assertTold(e);
      }
      faults.stop();
    }

    private void reopen() throws IOException {
      assertTrue(folder.openings() == 0, "files left open: " + folder.openings());
      byte[] content = readAndCheck(folder, geometry, true, "reopened");
      expected.check(content, "reopened");
      openWritable(folder, geometry).close();
      byte[] again = readAndCheck(folder, geometry, true, "reopened and closed");
      assertArrayEquals(content, again, "reopened and closed");
    }
  }
}
