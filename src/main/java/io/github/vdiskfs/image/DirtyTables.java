// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The changed tables of one image, and the way in which they become durable.
 *
 * <p>Changes are collected in memory, where readers see them at once. {@link #flush} takes all of
 * them at one instant and writes them in fixed stages, with a sync of the files behind each stage
 * that had something to write: so whatever a crash leaves, nothing on disk points to what is not
 * there. What was unlinked waits until the end of the flush that made it so ({@link #whenDurable}).
 *
 * <p>The object is the image's metadata lock: whoever changes tables does so in a {@code
 * synchronized} block on it, in which no guest data is moved. A flush holds it only while it copies
 * what it will write, and at its end.
 *
 * <p>A failed flush is final. Linux drops what it could not write, so that trying again would claim
 * what is not true: every later change and flush fails with the same reason.
 */
public final class DirtyTables {
  /** In this order changes become durable. */
  public enum Stage {
    /** Guest data, reference counts, and whatever else only claims space. */
    ALLOCATION,
    /** What makes new reference count blocks or the claim on space count. */
    ALLOCATION_ROOT,
    /** What makes a new table of those count: a header field that says where it is. */
    ALLOCATION_HEADER,
    /** Entries that say where a unit is. */
    MAPPING,
    /** What makes new mapping tables count: upper level tables, header fields. */
    ROOT,
    /** The size of the disk: entries that hide what a backing file has there come before it. */
    SIZE
  }

  /** What a patch of the header counts for, and something to do later, list entries included. */
  private static final int PATCH_BYTES = 64;

  /** Something to do when a change is durable; it runs under the metadata lock. */
  public interface Action {
    void run() throws IOException;
  }

  /** Bytes to be written at a place. */
  private record Write(Storage storage, long hostOffset, ByteBuffer bytes) {}

  private final EnumMap<Stage, Map<TableCache.Key, Table.Changed>> pages =
      new EnumMap<>(Stage.class);
  private final EnumMap<Stage, List<Write>> patches = new EnumMap<>(Stage.class);
  private final Object flushing = new Object();
  private List<Action> actions = new ArrayList<>();

  /** Memory that {@link #actions} take. */
  private long actionBytes;

  private volatile @Nullable IOException failure;
  private long held;

  /** {@link #held}, for those without the lock. */
  private volatile long heldBytes;

  public DirtyTables() {
    for (Stage stage : Stage.values()) {
      pages.put(stage, new HashMap<>());
      patches.put(stage, new ArrayList<>());
    }
  }

  /** Changes an entry of 4 bytes. */
  public void putInt32(Stage stage, Table table, long index, long value) throws IOException {
    change(stage, table, index).page().putInt32(index, value);
  }

  /** Changes an entry of 8 bytes. */
  public void putInt64(Stage stage, Table table, long index, long value) throws IOException {
    putInt64(stage, table, index, 0, value);
  }

  /** Changes the 8 bytes of an entry that start at its byte {@code at}. */
  public void putInt64(Stage stage, Table table, long index, int at, long value)
      throws IOException {
    change(stage, table, index).page().putInt64(index, at, value);
  }

  private Table.Changed change(Stage stage, Table table, long index) throws IOException {
    checkUsable();
    return add(stage, table.change(index));
  }

  private Table.Changed add(Stage stage, Table.Changed changed) {
    if (pages(stage).put(changed.key(), changed) == null) {
      hold(held + changed.page().sizeBytes());
    }
    return changed;
  }

  /** Starts a new table as zeroes in all its entries, whatever the host has there. */
  public void create(Stage stage, Table table) throws IOException {
    checkUsable();
    for (long index = 0; index < table.entries(); ) {
      index = add(stage, table.create(index)).page().end();
    }
  }

  /**
   * Changes bytes outside of tables, such as a field of the header.
   *
   * @param bytes not changed any more afterwards
   */
  public void patch(Stage stage, Storage storage, long hostOffset, byte[] bytes)
      throws IOException {
    checkUsable();
    writes(stage).add(new Write(storage, hostOffset, ByteBuffer.wrap(bytes)));
    hold(held + PATCH_BYTES);
  }

  /** Has something done when everything that was changed so far is durable. */
  public void whenDurable(Action action) {
    whenDurable(1, action);
  }

  /**
   * As {@link #whenDurable(Action)}.
   *
   * @param items how many things the action keeps in mind: a bound on memory counts them
   */
  public void whenDurable(int items, Action action) {
    actions.add(action);
    actionBytes += (long) items * PATCH_BYTES;
    hold(held + (long) items * PATCH_BYTES);
  }

  /** Memory that changes hold which are not on the host yet; 0 where there are none. */
  public long dirtyBytes() {
    return heldBytes;
  }

  private void count() {
    long sum = actionBytes;
    for (Stage stage : Stage.values()) {
      for (Table.Changed changed : pages(stage).values()) {
        sum += changed.page().sizeBytes();
      }
      sum += (long) writes(stage).size() * PATCH_BYTES;
    }
    hold(sum);
  }

  private void hold(long bytes) {
    held = bytes;
    heldBytes = bytes;
  }

  /**
   * Makes everything durable: guest data written so far, then the tables stage by stage.
   *
   * @param files the host files of the image, data files included
   * @throws IOException where that failed, now or ever before
   */
  public void flush(Collection<Storage> files) throws IOException {
    synchronized (flushing) {
      checkUsable();
      try {
        flushOnce(files);
      } catch (IOException e) {
        failure = e;
        throw e;
      } catch (RuntimeException | Error e) {
        // Changes that were taken and not written are lost for the next flush as well.
        failure = new IOException(e.toString(), e);
        throw e;
      }
    }
  }

  private void flushOnce(Collection<Storage> files) throws IOException {
    EnumMap<Stage, List<Write>> batch;
    List<Action> due;
    synchronized (this) {
      batch = takeAll();
      due = actions;
      actions = new ArrayList<>();
      actionBytes = 0;
    }
    for (Stage stage : Stage.values()) {
      List<Write> writes = batch.getOrDefault(stage, List.of());
      if (stage == Stage.ALLOCATION || !writes.isEmpty()) {
        writeOut(writes);
        syncAll(files);
      }
    }
    synchronized (this) {
      retire();
      count();
      for (Action action : due) {
        action.run();
      }
    }
  }

  private EnumMap<Stage, List<Write>> takeAll() {
    EnumMap<Stage, List<Write>> batch = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      List<Write> writes = new ArrayList<>(writes(stage));
      writes(stage).clear();
      for (Table.Changed changed : pages(stage).values()) {
        for (DirtyPage.Piece piece : changed.page().take()) {
          writes.add(
              new Write(changed.storage(), changed.hostOffset() + piece.offset(), piece.bytes()));
        }
      }
      batch.put(stage, writes);
    }
    return batch;
  }

  private static void writeOut(List<Write> writes) throws IOException {
    for (Write write : writes) {
      write.storage().write(write.bytes().duplicate().clear(), write.hostOffset());
    }
  }

  private static void syncAll(Collection<Storage> files) throws IOException {
    for (Storage file : files) {
      file.sync();
    }
  }

  /** Pages that were not changed again since {@link #takeAll} are what the host has. */
  private void retire() {
    for (Stage stage : Stage.values()) {
      pages(stage)
          .values()
          .removeIf(
              changed -> {
                boolean clean = changed.page().isClean();
                if (clean) {
                  changed.table().retire(changed);
                }
                return clean;
              });
    }
  }

  /** Gives up all changes that are not durable: the image is closed after a failure. */
  public synchronized void discard() {
    for (Stage stage : Stage.values()) {
      pages(stage).values().forEach(changed -> changed.table().drop(changed));
      pages(stage).clear();
      writes(stage).clear();
    }
    actions.clear();
    actionBytes = 0;
    count();
  }

  /**
   * Fails where an earlier flush failed.
   *
   * @throws IOException with that reason
   */
  public void checkUsable() throws IOException {
    IOException before = failure;
    if (before != null) {
      throw new ImageException(
          ImageException.Kind.READ_ONLY,
          "an earlier write of this image's tables failed ("
              + before.getMessage()
              + "); it is read-only until it is opened anew",
          before);
    }
  }

  private Map<TableCache.Key, Table.Changed> pages(Stage stage) {
    return pages.computeIfAbsent(stage, s -> new HashMap<>());
  }

  private List<Write> writes(Stage stage) {
    return patches.computeIfAbsent(stage, s -> new ArrayList<>());
  }
}
