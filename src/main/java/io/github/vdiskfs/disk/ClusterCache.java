// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decoded units of compressed clusters and grains of all disks of a mount, under one budget of
 * bytes. A unit is decoded by the first thread that asks; others that want the same one wait for
 * it.
 */
public final class ClusterCache {
  /** An image is itself by identity; a compressed unit is named by where it starts on the host. */
  private record Key(Image image, long hostOffset) {}

  /** Threads that decode ahead of readers; they end when there is nothing to do. */
  private static final int THREADS = Math.min(4, Runtime.getRuntime().availableProcessors());

  private static final int IDLE_SECONDS = 10;

  private final AsyncCache<Key, byte[]> units;
  private final ThreadPoolExecutor decoders;

  /**
   * @param budgetBytes the most that all units together may take
   */
  public ClusterCache(long budgetBytes) {
    units =
        Caffeine.newBuilder()
            .maximumWeight(budgetBytes)
            .weigher((Key key, byte[] unit) -> unit.length)
            .executor(Runnable::run)
            .buildAsync();
    decoders =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            ClusterCache::decoderThread);
    decoders.allowCoreThreadTimeOut(true);
  }

  private static Thread decoderThread(Runnable work) {
    Thread thread = new Thread(work, "decode");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Has a unit decoded on another thread, unless it is there or under way.
   *
   * @param done runs in any case when this call's part is over, on whatever thread; how many may be
   *     outstanding is the caller's limit
   */
  void decodeLater(Image image, Extent extent, Runnable done) {
    Key key = new Key(image, extent.hostOffset());
    CompletableFuture<byte[]> mine = new CompletableFuture<>();
    if (units.asMap().putIfAbsent(key, mine) != null) {
      done.run();
      return;
    }
    decoders.execute(
        () -> {
          try {
            decode(image, extent, mine);
          } catch (IOException e) {
            // Whoever waits for the unit has been told.
          } finally {
            done.run();
          }
        });
  }

  /** The decoded unit that a {@code COMPRESSED} extent lies in. */
  byte[] unit(Image image, Extent extent) throws IOException {
    Key key = new Key(image, extent.hostOffset());
    @Nullable CompletableFuture<byte[]> there = units.getIfPresent(key);
    if (there == null) {
      CompletableFuture<byte[]> mine = new CompletableFuture<>();
      there = units.asMap().putIfAbsent(key, mine);
      if (there == null) {
        return decode(image, extent, mine);
      }
    }
    return await(there);
  }

  private static byte[] decode(Image image, Extent extent, CompletableFuture<byte[]> result)
      throws IOException {
    try {
      byte[] unit = image.decode(extent);
      result.complete(unit);
      return unit;
    } catch (IOException | RuntimeException | Error e) {
      result.completeExceptionally(e);
      throw e;
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
