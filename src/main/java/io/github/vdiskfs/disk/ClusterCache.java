// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.UnitArrays;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decoded units of compressed clusters and grains of all disks of a mount, under one budget of
 * bytes. A unit is decoded by the first thread that comes to it; others that want the same one wait
 * for it. Nobody waits for what has not begun: the threads that decode ahead may all be kept by a
 * host that does not answer about another disk.
 *
 * <p>The least recently used unit goes first. A policy that resists scans would do harm: what was
 * decoded ahead of a sequential reader is new and must stay until it is read. One lock guards the
 * order; it is held for a look-up, never while something is decoded or copied.
 */
public final class ClusterCache {
  /** An image is itself by identity; a compressed unit is named by where it starts on the host. */
  private record Key(Image image, long hostOffset) {}

  /** One unit; its plain fields belong to the cache's lock. */
  private static final class Unit {
    final CompletableFuture<byte[]> content = new CompletableFuture<>();

    /** Somebody decodes it, or has; until then whoever needs it does. */
    boolean taken;

    /** Those who decode or copy it; its memory is theirs until the last has ended. */
    int users;

    boolean evicted;

    /** Where it waits for a thread that decodes ahead. */
    @Nullable Queued queued;
  }

  /** Threads that decode ahead of readers. Each keeps native decoders, so that none ever ends. */
  private static final int THREADS = Math.min(4, Runtime.getRuntime().availableProcessors());

  private final LinkedHashMap<Key, Unit> units = new LinkedHashMap<>(16, 0.75f, true);
  private final long budgetBytes;
  private long bytes;
  private final ThreadPoolExecutor decoders =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          ClusterCache::decoderThread);

  /**
   * @param budgetBytes the most that all units together may take
   */
  public ClusterCache(long budgetBytes) {
    this.budgetBytes = budgetBytes;
  }

  private static Thread decoderThread(Runnable work) {
    Thread thread = new Thread(work, "decode");
    thread.setDaemon(true);
    return thread;
  }

  /** Whoever has units decoded that may be wanted later. */
  interface Wish {
    /** Asked on the thread that would decode; false where the unit is not wanted any more. */
    boolean begin();

    /**
     * The matter is over, on whatever thread; how many may be outstanding is the caller's limit.
     *
     * @param hasBegun what {@link #begin} said; false where it was not asked
     */
    void end(boolean hasBegun);
  }

  /** A unit that waits for a thread that decodes ahead. */
  private final class Queued implements Runnable {
    final Key key;
    final Extent extent;
    final Unit unit;
    final Wish wish;

    Queued(Key key, Extent extent, Unit unit, Wish wish) {
      this.key = key;
      this.extent = extent;
      this.unit = unit;
      this.wish = wish;
    }

    @Override
    public void run() {
      if (leavesQueue(this)) {
        decodeNow(this);
      }
    }
  }

  /** Has a unit decoded on another thread, unless it is there or under way. */
  void decodeLater(Image image, Extent extent, Wish wish) {
    Queued queued = new Queued(new Key(image, extent.hostOffset()), extent, new Unit(), wish);
    boolean isNew;
    synchronized (units) {
      isNew = units.putIfAbsent(queued.key, queued.unit) == null;
      if (isNew) {
        queued.unit.queued = queued;
        queued.unit.users++;
      }
    }
    if (!isNew) {
      wish.end(false);
      return;
    }
    try {
      decoders.execute(queued);
    } catch (OutOfMemoryError e) {
      // There is no room for one more thread; whoever needs it decodes it.
      if (leavesQueue(queued)) {
        withdraw(queued);
        wish.end(false);
      }
    }
  }

  /** True for the one thread that goes on with what was queued. */
  private boolean leavesQueue(Queued queued) {
    synchronized (units) {
      boolean waited = queued.unit.queued == queued;
      queued.unit.queued = null;
      return waited;
    }
  }

  private void decodeNow(Queued work) {
    boolean wanted = work.wish.begin();
    try {
      if (!wanted) {
        withdraw(work);
      } else if (take(work.unit)) {
        decode(work.key, work.extent, work.unit);
      }
    } catch (IOException e) {
      // Whoever waits for the unit has been told.
    } finally {
      if (wanted) {
        release(work.unit);
      }
      work.wish.end(wanted);
    }
  }

  /** Has nothing begin any more of what was wished. */
  void forget(Wish wish) {
    List<Queued> forgotten = new ArrayList<>();
    synchronized (units) {
      for (Unit unit : units.values()) {
        if (unit.queued != null && unit.queued.wish == wish) {
          forgotten.add(unit.queued);
          unit.queued = null;
        }
      }
      forgotten.forEach(this::withdraw);
    }
    forgotten.forEach(this::drop);
  }

  /** What is not to be decoded here any more must not stay in memory behind others. */
  private void drop(Queued queued) {
    decoders.remove(queued);
    queued.wish.end(false);
  }

  /** True where nobody decodes the unit: from now on this thread does. */
  private boolean take(Unit unit) {
    synchronized (units) {
      boolean free = !unit.taken;
      unit.taken = true;
      return free;
    }
  }

  /** Forgets a unit that was to be decoded later, unless somebody has begun. */
  private void withdraw(Queued queued) {
    synchronized (units) {
      if (!queued.unit.taken) {
        units.remove(queued.key, queued.unit);
      }
      release(queued.unit);
    }
  }

  /** Fills {@code target} from a {@code COMPRESSED} extent that is at least as long. */
  void read(Image image, Extent extent, ByteBuffer target) throws IOException {
    Key key = new Key(image, extent.hostOffset());
    Unit unit;
    boolean mine;
    @Nullable Queued queued;
    synchronized (units) {
      unit = units.computeIfAbsent(key, k -> new Unit());
      unit.users++;
      mine = take(unit);
      queued = unit.queued;
      if (queued != null) {
        unit.queued = null;
        unit.users--;
      }
    }
    try {
      if (queued != null) {
        drop(queued);
      }
      if (mine) {
        decode(key, extent, unit);
      }
      target.put(await(unit.content), extent.skip(), target.remaining());
    } finally {
      release(unit);
    }
  }

  private void decode(Key key, Extent extent, Unit unit) throws IOException {
    try {
      byte[] content = key.image().decode(extent);
      synchronized (units) {
        // Counted in the step that makes it visible: it may be thrown out at once.
        unit.content.complete(content);
        bytes += content.length;
        evict();
      }
    } catch (IOException | RuntimeException | Error e) {
      synchronized (units) {
        units.remove(key, unit);
      }
      unit.content.completeExceptionally(e);
      throw e;
    }
  }

  private void evict() {
    Iterator<Unit> eldest = units.values().iterator();
    while (bytes > budgetBytes && eldest.hasNext()) {
      Unit unit = eldest.next();
      if (unit.content.isDone()) {
        eldest.remove();
        bytes -= unit.content.join().length;
        unit.evicted = true;
        giveBackUnused(unit);
      }
    }
  }

  private void release(Unit unit) {
    synchronized (units) {
      unit.users--;
      giveBackUnused(unit);
    }
  }

  private static void giveBackUnused(Unit unit) {
    if (unit.evicted && unit.users == 0) {
      UnitArrays.giveBack(unit.content.join());
    }
  }

  private static byte[] await(CompletableFuture<byte[]> result) throws IOException {
    try {
      return result.join();
    } catch (CompletionException e) {
      throw asIo(e.getCause() == null ? e : e.getCause());
    }
  }

  private static IOException asIo(Throwable cause) {
    return cause instanceof IOException io ? io : new IOException(new ExecutionException(cause));
  }
}
