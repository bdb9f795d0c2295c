// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.mount.StalePages;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Drops of pages that are under way, few of them for each file at a time. Pages of a file that the
 * host does not answer about are in use for as long: further ranges of that file are joined and
 * wait, so that neither threads nor memory run out for the others.
 */
final class NodeDrops {
  /** Drops of one file side by side. */
  private static final int MAX_PER_NODE = 2;

  /** One drop, and who waits for it. */
  private record Drop(StalePages stale, CompletableFuture<Void> dropped) {}

  /** The drops of one file. */
  private static final class Line {
    final Set<Drop> running = new HashSet<>();
    @Nullable StalePages waiting;
    CompletableFuture<Void> whenDropped = new CompletableFuture<>();
  }

  private final Executor threads;
  private final Consumer<StalePages> drop;
  private final Map<Long, Line> byNode = new HashMap<>();

  /**
   * @param drop returns when the pages are dropped
   */
  NodeDrops(Executor threads, Consumer<StalePages> drop) {
    this.threads = threads;
    this.drop = drop;
  }

  /** Drops pages on another thread; the result is there when they are dropped. */
  synchronized CompletableFuture<Void> add(StalePages stale) {
    Line line = byNode.computeIfAbsent(stale.node(), node -> new Line());
    if (line.running.size() == MAX_PER_NODE) {
      line.waiting = line.waiting == null ? stale : line.waiting.join(stale);
      return line.whenDropped;
    }
    Drop drop = new Drop(stale, new CompletableFuture<>());
    line.running.add(drop);
    try {
      threads.execute(() -> run(line, drop));
    } catch (RuntimeException | Error e) {
      line.running.remove(drop);
      throw e;
    }
    return drop.dropped;
  }

  /** The result is there when all drops of a file are done that were added before. */
  synchronized CompletableFuture<Void> settled(long node) {
    Line line = byNode.get(node);
    if (line == null) {
      return CompletableFuture.completedFuture(null);
    }
    Stream<CompletableFuture<Void>> behind =
        line.waiting == null ? Stream.of() : Stream.of(line.whenDropped);
    return CompletableFuture.allOf(
        Stream.concat(line.running.stream().map(Drop::dropped), behind)
            .toArray(CompletableFuture<?>[]::new));
  }

  private void run(Line line, Drop first) {
    for (Drop next = first; next != null; next = behind(line, next)) {
      drop(next);
    }
  }

  private void drop(Drop next) {
    try {
      drop.accept(next.stale);
      next.dropped.complete(null);
    } catch (RuntimeException | Error e) {
      next.dropped.completeExceptionally(e);
    }
  }

  /** What is to be dropped when another drop is done; null where there is nothing. */
  private synchronized @Nullable Drop behind(Line line, Drop done) {
    line.running.remove(done);
    StalePages waiting = line.waiting;
    if (waiting == null) {
      if (line.running.isEmpty()) {
        byNode.remove(done.stale.node());
      }
      return null;
    }
    Drop next = new Drop(waiting, line.whenDropped);
    line.running.add(next);
    line.waiting = null;
    line.whenDropped = new CompletableFuture<>();
    return next;
  }
}
