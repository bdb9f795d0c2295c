// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.image.GuestAction.Habits;
import io.github.vdiskfs.image.GuestAction.Kind;
import io.github.vdiskfs.storage.CrashedHost;
import io.github.vdiskfs.storage.HostLog;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.RecordingStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every writable format keeps to when it is killed or loses its power: at every moment the
 * image opens, its check finds leaks at most, every byte that was flushed is there, and each sector
 * that was written since holds old or new content. Then it can be written on.
 */
public abstract class CrashContract extends WriteProof {
  private static final int ACTIONS = 50;

  /** So many steps are looked at, chosen at random where there are more. */
  private static final int MOST_STEPS = 120;

  private static final int POWER_CUTS_PER_STEP = 2;
  private static final int MOST_BYTES = 1 << 20;

  /** One state in this many is written on, which takes longer than to look at it. */
  private static final int CONTINUED = 5;

  /** What the guest did, and between which changes of the host. */
  private record Event(GuestAction action, int start, int end) {}

  /** A guest's run and what became of the host's files. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Run(Map<String, byte[]> before, byte[] content, List<Event> events, HostLog log) {

    /**
     * What the disk may hold after a crash behind {@code done} changes of the host, of {@code
     * begun}. A kill loses nothing once the tables were written, a power cut nothing once all was
     * flushed.
     */
    Expectation at(int done, int begun, boolean kill) {
      Expectation expected = new Expectation(content);
      for (Event event : events) {
        Kind kind = event.action().kind();
        if (kind == Kind.FLUSH || (kind == Kind.FLUSH_TABLES && kill)) {
          if (event.end() <= done) {
            expected.flush();
          }
        } else if (event.start() < begun) {
          expected.add(event.action());
        }
      }
      return expected;
    }
  }

  /**
   * What a crash left.
   *
   * @param done changes of the host that were done
   * @param begun those and the one that was under way
   * @param kill the host itself went on
   */
  private record State(int done, int begun, boolean kill, Map<String, byte[]> files, String name) {}

  /** True for a format without a header: the size of the disk is that of the host file. */
  protected boolean sizeIsTheFilesOwn() {
    return false;
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void everyCrashLeavesWhatWasFlushed(Geometry geometry) throws IOException {
    for (int round = 0; round < amount(1); round++) {
      long seed = newSeed() + round;
      Random random = new Random(seed);
      Run run = record(geometry, random);
      CrashedHost host = new CrashedHost(run.before(), run.log());
      int number = 0;
      do {
        if (random.nextInt(Math.max(MOST_STEPS, run.log().size())) >= MOST_STEPS) {
          continue;
        }
        for (State state : states(host, random)) {
          boolean writesOn = number++ % CONTINUED == 0;
          examine(geometry, run, state, writesOn ? random : null, "seed " + seed);
        }
      } while (host.step());
    }
  }

  private static List<State> states(CrashedHost host, Random random) throws IOException {
    int done = host.done();
    List<State> states = new ArrayList<>();
    states.add(new State(done, done, true, host.killed(), "kill after " + done));
    states.add(new State(done, done + 1, true, host.killedInNext(random), "kill amid " + done));
    for (int i = 0; i < POWER_CUTS_PER_STEP && host.hasUnsynced(); i++) {
      states.add(new State(done, done, false, host.powerCut(random), "power cut after " + done));
    }
    return states;
  }

  private Run record(Geometry geometry, Random random) throws IOException {
    HostLog log = new HostLog();
    MemoryFolder folder = new MemoryFolder(storage -> new RecordingStorage(storage, log));
    MemoryFolder making = new MemoryFolder();
    geometry.maker().make(making);
    Map<String, byte[]> before = making.contents();
    folder.putAll(before);
    byte[] content = readAndCheck(folder, geometry, true, "at first");
    List<Event> events = new ArrayList<>();
    Habits habits = new Habits(geometry.resizable(), random.nextBoolean(), MOST_BYTES, 12);
    try (VirtualDisk disk = openWritable(folder, geometry)) {
      for (int i = 0; i < ACTIONS; i++) {
        GuestAction action = GuestAction.next(random, disk, habits);
        int start = log.size();
        action.perform(disk);
        for (GuestAction effect : action.effects(disk)) {
          events.add(new Event(effect, start, log.size()));
        }
      }
    }
    events.add(new Event(GuestAction.flush(), log.size(), log.size()));
    return new Run(before, content, events, log);
  }

  private void examine(
      Geometry geometry, Run run, State state, @Nullable Random writingOn, String seed)
      throws IOException {
    String context = geometry + ", " + seed + ", " + state.name();
    MemoryFolder folder = new MemoryFolder();
    folder.putAll(state.files());
    try {
      byte[] content = readAndCheck(folder, geometry, true, context);
      Expectation expected = run.at(state.done(), state.begun(), state.kill());
      if (sizeIsTheFilesOwn() && !state.kill()) {
        expected.checkOfFileSize(content, context);
      } else {
        expected.check(content, context);
      }
      if (writingOn != null) {
        writeOn(geometry, folder, content, writingOn, context + ", written on");
      }
    } catch (IOException | RuntimeException | AssertionError e) {
      int done = state.done();
      String log = run.log().describe(done - 25, done + 2);
      throw new AssertionError(context + ": " + e + log + describe(run, done), e);
    }
  }

  private static String describe(Run run, int done) {
    StringBuilder text = new StringBuilder("\nwhat the guest did:");
    for (Event event : run.events()) {
      if (event.start() <= done) {
        text.append("\n  ").append(event);
      }
    }
    return text.toString();
  }

  /** The image that a crash left is as good as any: nothing of it is lost to later writes. */
  private void writeOn(
      Geometry geometry, MemoryFolder folder, byte[] before, Random random, String context)
      throws IOException {
    Expectation expected = new Expectation(before);
    Habits habits = new Habits(geometry.resizable(), true, MOST_BYTES, 10);
    List<GuestAction> actions = new ArrayList<>();
    try (VirtualDisk disk = openWritable(folder, geometry)) {
      for (int i = 0; i < 10; i++) {
        GuestAction action = GuestAction.next(random, disk, habits);
        actions.add(action);
        action.perform(disk);
        action.effects(disk).forEach(expected::add);
      }
      expected.flush();
      expected.check(readAll(disk), context + " " + actions);
    }
    byte[] after = readAndCheck(folder, geometry, true, context + " " + actions);
    expected.check(after, context + " " + actions + " and reopened");
  }
}
