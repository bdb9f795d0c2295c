// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import io.github.vdiskfs.storage.HostOperation.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a folder can look like after a crash, step by step along a log of its changes. A killed
 * program leaves all changes up to a point, the last one perhaps only in part. A power cut leaves
 * what was synced, and of the changes since then any sectors: which are lost, or torn, or overtaken
 * by later ones.
 */
public final class CrashedHost {
  /** A kernel looks for a fatal signal between pages. */
  private static final int PAGE_SECTORS = 4096 / HostOperation.SECTOR;

  private static final double[] SHARES = {0, 0.1, 0.5, 0.5, 0.9};

  private final HostLog log;
  private final Map<String, MemoryStorage> running = new HashMap<>();
  private final Map<String, MemoryStorage> durable = new HashMap<>();
  private final Map<String, List<HostOperation>> unsynced = new HashMap<>();
  private int done;

  /**
   * @param before the folder's contents before the first change of the log
   */
  public CrashedHost(Map<String, byte[]> before, HostLog log) {
    this.log = log;
    before.forEach(
        (name, bytes) -> {
          running.put(name, writable(name, bytes));
          durable.put(name, writable(name, bytes));
        });
  }

  private static MemoryStorage writable(String name, byte[] bytes) {
    MemoryStorage storage = new MemoryStorage(name, bytes);
    storage.allowWriting();
    return storage;
  }

  /** How many changes of the log were done. */
  public int done() {
    return done;
  }

  /** Does the next change; false where none is left. */
  public boolean step() throws IOException {
    if (done == log.size()) {
      return false;
    }
    HostOperation next = log.get(done++);
    next.apply(file(running, next));
    List<HostOperation> waiting = unsynced.computeIfAbsent(next.file(), f -> new ArrayList<>());
    if (next.kind() == Kind.SYNC) {
      for (HostOperation operation : waiting) {
        operation.apply(file(durable, operation));
      }
      waiting.clear();
    } else {
      waiting.add(next);
    }
    return true;
  }

  private static MemoryStorage file(Map<String, MemoryStorage> files, HostOperation operation) {
    return files.computeIfAbsent(operation.file(), name -> writable(name, new byte[0]));
  }

  /** True where a power cut can leave something else than a kill. */
  public boolean hasUnsynced() {
    return unsynced.values().stream().anyMatch(list -> !list.isEmpty());
  }

  /** What a kill leaves that comes right now. */
  public Map<String, byte[]> killed() {
    return contents(running);
  }

  /** What a kill in the middle of the next change leaves; as {@link #killed} where it has none. */
  public Map<String, byte[]> killedInNext(Random random) throws IOException {
    Map<String, MemoryStorage> files = copy(running);
    if (done < log.size()) {
      HostOperation next = log.get(done);
      int pages = (int) (next.length() / PAGE_SECTORS / HostOperation.SECTOR);
      if (pages > 0) {
        int sectors = (1 + random.nextInt(pages)) * PAGE_SECTORS;
        next.applySectors(file(files, next), i -> i < sectors);
      }
    }
    return contents(files);
  }

  /** What a power cut leaves that comes right now. */
  public Map<String, byte[]> powerCut(Random random) throws IOException {
    Map<String, MemoryStorage> files = copy(durable);
    double share = SHARES[random.nextInt(SHARES.length)];
    for (List<HostOperation> waiting : unsynced.values()) {
      for (HostOperation operation : waiting) {
        if (random.nextInt(4) == 0) {
          operation.applySectors(file(files, operation), i -> random.nextBoolean());
        } else if (random.nextDouble() < share) {
          operation.apply(file(files, operation));
        }
      }
    }
    return contents(files);
  }

  private static Map<String, MemoryStorage> copy(Map<String, MemoryStorage> files) {
    Map<String, MemoryStorage> copy = new HashMap<>();
    files.forEach((name, file) -> copy.put(name, writable(name, file.content())));
    return copy;
  }

  private static Map<String, byte[]> contents(Map<String, MemoryStorage> files) {
    Map<String, byte[]> contents = new HashMap<>();
    files.forEach((name, file) -> contents.put(name, file.content()));
    return contents;
  }
}
