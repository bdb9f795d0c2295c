// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Requests for a node that another request waits for already, for longer than hosts take: they wait
 * here, without a thread. Whoever ends a request serves those behind it.
 */
final class WaitingLine {
  /**
   * Beyond that a request takes a thread instead; of writes each is up to 1 MiB. But for RELEASE: a
   * request that was given up may still use the disk that it closes.
   */
  private static final long MAX_BYTES = 32 << 20;

  /** A copy of a request, and when it came. */
  private static final class Waiting {
    final byte[] bytes;
    final long since = System.nanoTime();

    Waiting(byte[] bytes) {
      this.bytes = bytes;
    }

    int opcode() {
      return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt(Wire.IN_OPCODE);
    }

    int caller() {
      return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt(Wire.IN_PID);
    }

    long unique() {
      return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong(Wire.IN_UNIQUE);
    }
  }

  private final Map<Long, Deque<Waiting>> byNode = new HashMap<>();

  /** Requests in all lines, and one more while somebody makes up his mind. */
  private volatile int waiting; // changed under the lock only

  private long bytes;

  /**
   * Puts a copy of a request into the line of its node.
   *
   * @param isStuck whether another request of the node still waits; it is asked when whoever ends
   *     one looks here already
   * @return false where it is to be served at once
   */
  synchronized boolean add(long node, ByteBuffer request, int length, BooleanSupplier isStuck) {
    boolean added = false;
    waiting++;
    try {
      if (hasRoom(request, length) && isStuck.getAsBoolean()) {
        byte[] copy = new byte[length];
        request.get(0, copy);
        byNode.computeIfAbsent(node, n -> new ArrayDeque<>()).add(new Waiting(copy));
        bytes += length;
        added = true;
      }
    } finally {
      if (!added) {
        waiting--;
      }
    }
    return added;
  }

  private boolean hasRoom(ByteBuffer request, int length) {
    return bytes + length <= MAX_BYTES || request.getInt(Wire.IN_OPCODE) == Wire.RELEASE;
  }

  /** Takes the next request of a node, or null where there is none. */
  byte @Nullable [] next(long node) {
    return waiting == 0 ? null : take(node);
  }

  private synchronized byte @Nullable [] take(long node) {
    Deque<Waiting> line = byNode.get(node);
    Waiting first = line == null ? null : line.poll();
    if (first == null) {
      byNode.remove(node);
      return null;
    }
    left(first);
    return first.bytes;
  }

  /** True where a request waits here. */
  synchronized boolean contains(long unique) {
    return byNode.values().stream().flatMap(Deque::stream).anyMatch(r -> r.unique() == unique);
  }

  /**
   * Takes those out whose caller was killed.
   *
   * @param interrupted the unique numbers of those that may be
   * @return the unique numbers of those that are
   */
  List<Long> removeKilled(Set<Long> interrupted) {
    return waiting == 0
        ? List.of()
        : removeIf(r -> interrupted.contains(r.unique()) && Caller.isKilled(r.caller()));
  }

  /**
   * Takes those out that came before a moment.
   *
   * @param which by their opcodes
   * @return their unique numbers
   */
  List<Long> removeBefore(long nanos, IntPredicate which) {
    return waiting == 0 ? List.of() : removeIf(r -> r.since - nanos < 0 && which.test(r.opcode()));
  }

  /** How many read bytes of disks. */
  synchronized long reads() {
    return byNode.values().stream()
        .flatMap(Deque::stream)
        .filter(r -> r.opcode() == Wire.READ)
        .count();
  }

  private synchronized List<Long> removeIf(Predicate<Waiting> filter) {
    List<Long> removed = new ArrayList<>();
    for (Deque<Waiting> line : byNode.values()) {
      List<Waiting> found = line.stream().filter(filter).toList();
      line.removeAll(found);
      found.forEach(this::left);
      found.forEach(request -> removed.add(request.unique()));
    }
    return removed;
  }

  private synchronized void left(Waiting request) {
    waiting--;
    bytes -= request.bytes.length;
  }
}
