// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import io.github.vdiskfs.posix.Posix;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts a server in a JVM of its own and waits until it answers. */
final class Background {
  private static final Logger log = LoggerFactory.getLogger(Background.class);

  /** What the server says when the mount answers. */
  private static final String READY = "vdiskfs-ready";

  /** Heap beyond the caches: names, requests, the program itself. */
  private static final long BASE_HEAP = 128L << 20;

  /** Of that, for what lives as long as a request. */
  private static final long YOUNG_HEAP = 64L << 20;

  /** Off the heap: request buffers of 1.25 MiB a thread and what the decoders need. */
  private static final int DIRECT_MIB = 256;

  /**
   * What is at least this large on the heap is in a cache: it starts where the long-lived objects
   * are, since to copy it there while the mount waits takes longer than to read it.
   */
  private static final int CACHED_BYTES = 32 << 10;

  /**
   * The optimizing compiler starts at ten times its usual numbers of calls and loops. What takes
   * long here is native code; on two cores, compiling much of what only starts a server takes as
   * much time from the first reader as to unpack his data. A busy server gets there in seconds.
   */
  private static final List<String> LATE_OPTIMIZING =
      List.of(
          "-XX:Tier4InvocationThreshold=50000",
          "-XX:Tier4MinInvocationThreshold=6000",
          "-XX:Tier4CompileThreshold=150000",
          "-XX:Tier4BackEdgeThreshold=400000");

  private static final Path SESSION_SHARE = Path.of("/proc/self/autogroup");

  /** As nice(1) has it: enough to be served first among busy sessions, far from the extreme. */
  private static final String SESSION_NICE = "-10";

  private static final String PREFIX = "vdiskfs: ";

  private Background() {}

  /**
   * Runs {@code vdiskfs} with these words in the background.
   *
   * @return 0 when the mount answers
   * @throws IOException with the server's own words where it does not come up
   */
  static int start(List<String> words, MountOptions options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmWords(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(words);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(new File("/"))
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"));
    builder.environment().put("LC_ALL", "C.UTF-8");
    // glibc keeps a heap per thread otherwise, and returns none of them.
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    return await(builder.start());
  }

  private static List<String> jvmWords(MountOptions options) {
    long heap = BASE_HEAP + options.metaCache() + options.dataCache();
    List<String> words =
        new ArrayList<>(
            List.of(
                "-Xmx" + (heap >> 20) + "m",
                "-Xmn" + (YOUNG_HEAP >> 20) + "m",
                "-XX:+UseSerialGC",
                "-XX:PretenureSizeThreshold=" + CACHED_BYTES,
                "-XX:MaxDirectMemorySize=" + DIRECT_MIB + "m",
                "-XX:-UsePerfData",
                "-Dfile.encoding=UTF-8"));
    words.addAll(LATE_OPTIMIZING);
    words.addAll(keptClasses());
    String further = System.getenv("VDISKFS_JAVA_OPTS");
    if (further != null && !further.isBlank()) {
      words.addAll(List.of(further.strip().split("\\s+")));
    }
    return words;
  }

  /**
   * The launcher's words about the classes that it keeps for the JVM: they are the server's too.
   */
  private static List<String> keptClasses() {
    String[] own = ProcessHandle.current().info().arguments().orElse(new String[0]);
    return Stream.of(own)
        .filter(word -> word.startsWith("-XX:SharedArchiveFile=") || word.startsWith("-Xlog:cds"))
        .toList();
  }

  private static int await(Process server) throws IOException {
    List<String> said = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(READY)) {
          return 0;
        }
        said.add(line.startsWith(PREFIX) ? line.substring(PREFIX.length()) : line);
      }
    }
    throw new IOException(said.isEmpty() ? "the server ended at once" : String.join("; ", said));
  }

  /**
   * In the server: has a session of its own. Linux shares the processors out among sessions
   * (sched_autogroup(7)); who reads from the mount is in another one and waits, so that the
   * server's share is raised where the user may.
   */
  static void leaveSession() {
    Posix.newSession();
    try {
      Files.writeString(SESSION_SHARE, SESSION_NICE);
    } catch (IOException e) {
      log.debug("the session's share of the processors stays as it is: {}", e.getMessage());
    }
  }

  /** In the server: tells whoever waits, and lets go of the standard streams. */
  static void ready() throws IOException {
    System.out.println(READY);
    System.out.flush();
    int nothing = Posix.open("/dev/null", Posix.O_RDWR);
    for (int stream = 0; stream <= 2; stream++) {
      Posix.replace(stream, nothing);
    }
    Posix.close(nothing);
  }
}
