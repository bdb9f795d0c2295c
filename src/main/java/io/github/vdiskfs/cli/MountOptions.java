// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import io.github.vdiskfs.mount.ImageFolder;
import io.github.vdiskfs.mount.MountPolicy;
import io.github.vdiskfs.mount.Ownership;
import io.github.vdiskfs.storage.Gate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The words behind {@code -o}, understood. */
final class MountOptions {
  /** Words of mount(8) and fstab(5) that mean nothing to a FUSE server. */
  private static final Set<String> IGNORED =
      Set.of(
          "defaults",
          "auto",
          "noauto",
          "user",
          "nouser",
          "users",
          "owner",
          "group",
          "_netdev",
          "nofail",
          "dev",
          "nodev",
          "suid",
          "nosuid",
          "exec",
          "noexec",
          "async",
          "sync",
          "dirsync",
          "atime",
          "noatime",
          "relatime",
          "norelatime",
          "strictatime",
          "nostrictatime",
          "diratime",
          "nodiratime",
          "lazytime",
          "nolazytime",
          "iversion",
          "noiversion",
          "mand",
          "nomand",
          "silent",
          "loud",
          "default_permissions");

  private static final Set<String> NAMING_PATHS = Set.of("backing_dir", "log");

  private static final Pattern IGNORED_PREFIX =
      Pattern.compile("(x-|X-|user=|comment=|subtype=|fsname=).*");

  /** More request threads than this only wait for each other. */
  private static final int MAX_THREADS = 64;

  /** Smallest cache that can hold the pages that one request touches, many times over. */
  private static final long MIN_CACHE = 1 << 20;

  private static final long DEFAULT_CACHE = 64L << 20;
  private static final int DEFAULT_MAX_THREADS = 4;

  private final List<String> words = new ArrayList<>();
  private boolean readOnly;
  private boolean pageCache = true;
  private Gate.Backing backing = Gate.Backing.CONFINED;
  private boolean trustProbed;
  private final List<Path> backingFolders = new ArrayList<>();
  private @Nullable Boolean allowOther;
  private int uid = -1;
  private int gid = -1;
  private int umask;
  private long metaCache = DEFAULT_CACHE;
  private long dataCache = DEFAULT_CACHE;
  private int threads = Math.min(DEFAULT_MAX_THREADS, Runtime.getRuntime().availableProcessors());
  private @Nullable Path log;
  private boolean writeBases;
  private final Set<ImageFolder> folders = EnumSet.allOf(ImageFolder.class);
  private boolean forceShare;
  private boolean debug;

  /** A word that is not understood; the message says what would be. */
  static final class BadOptionException extends Exception {
    private static final long serialVersionUID = 1L;

    BadOptionException(String message) {
      super(message);
    }
  }

  /**
   * Understands lists of words, each comma-separated; a backslash takes the meaning of a comma
   * away.
   */
  static MountOptions parse(List<String> lists) throws BadOptionException {
    MountOptions options = new MountOptions();
    for (String list : lists) {
      for (String word : list.split("(?<!\\\\),", -1)) {
        if (!word.isBlank()) {
          options.take(word.strip().replace("\\,", ","));
        }
      }
    }
    return options;
  }

  private void take(String word) throws BadOptionException {
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    boolean understood = equals < 0 ? flag(name) : setting(name, word.substring(equals + 1), word);
    if (!understood && !IGNORED.contains(word) && !IGNORED_PREFIX.matcher(word).matches()) {
      throw new BadOptionException(
          "unknown mount option '" + word + "'; see 'vdiskfs mount --help'");
    }
    words.add(NAMING_PATHS.contains(name) ? name + "=" + absolute(word) : word);
  }

  private static String absolute(String word) {
    return Path.of(word.substring(word.indexOf('=') + 1)).toAbsolutePath().toString();
  }

  /** All words as one list that {@link #parse} understands in any working folder. */
  String joined() {
    return String.join(",", words.stream().map(word -> word.replace(",", "\\,")).toList());
  }

  private boolean flag(String name) {
    switch (name) {
      case "ro" -> readOnly = true;
      case "rw" -> readOnly = false;
      case "allow_other" -> allowOther = true;
      case "noallow_other" -> allowOther = false;
      case "write_base" -> writeBases = true;
      case "force_share" -> forceShare = true;
      case "noparts" -> folders.remove(ImageFolder.PARTS);
      case "nosnapshots" -> folders.remove(ImageFolder.SNAPSHOTS);
      case "debug" -> debug = true;
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean setting(String name, String value, String word) throws BadOptionException {
    switch (name) {
      case "cache" -> pageCache = oneOf(word, value, "page", "none").equals("page");
      case "backing" ->
          backing =
              Gate.Backing.valueOf(
                  oneOf(word, value, "confined", "none", "any").toUpperCase(Locale.ROOT));
      case "probe" -> trustProbed = oneOf(word, value, "trust").equals("trust");
      case "backing_dir" -> backingFolders.add(path(word, value));
      case "uid" -> uid = number(word, value, 10, 0, Integer.MAX_VALUE);
      case "gid" -> gid = number(word, value, 10, 0, Integer.MAX_VALUE);
      case "umask" -> umask = number(word, value, 8, 0, 0777);
      case "threads" -> threads = number(word, value, 10, 1, MAX_THREADS);
      case "meta_cache" -> metaCache = cache(word, value);
      case "data_cache" -> dataCache = cache(word, value);
      case "log" -> log = path(word, value);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static String oneOf(String word, String value, String... allowed)
      throws BadOptionException {
    if (!List.of(allowed).contains(value)) {
      throw new BadOptionException(
          "mount option '" + word + "': expected one of " + String.join(", ", allowed));
    }
    return value;
  }

  private static Path path(String word, String value) throws BadOptionException {
    if (value.isEmpty()) {
      throw new BadOptionException("mount option '" + word + "': expected a path");
    }
    return Path.of(value).toAbsolutePath();
  }

  private static int number(String word, String value, int radix, int least, int most)
      throws BadOptionException {
    try {
      int number = Integer.parseInt(value, radix);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    String range = Integer.toString(least, radix) + " to " + Integer.toString(most, radix);
    throw new BadOptionException(
        "mount option '"
            + word
            + "': expected a number from "
            + range
            + (radix == 8 ? " (octal)" : ""));
  }

  private static long cache(String word, String value) throws BadOptionException {
    try {
      return Math.max(MIN_CACHE, Sizes.parse(value));
    } catch (RuntimeException e) {
      throw new BadOptionException("mount option '" + word + "': " + e.getMessage());
    }
  }

  boolean readOnly() {
    return readOnly;
  }

  boolean pageCache() {
    return pageCache;
  }

  Gate.Backing backing() {
    return backing;
  }

  boolean trustProbed() {
    return trustProbed;
  }

  List<Path> backingFolders() {
    return backingFolders;
  }

  /** Whether others may look at the mount, where the user said so; otherwise root decides. */
  @Nullable Boolean allowOther() {
    return allowOther;
  }

  /** What the mount shows and allows. */
  MountPolicy policy() {
    return new MountPolicy(new Ownership(uid, gid, umask), pageCache, writeBases, folders);
  }

  long metaCache() {
    return metaCache;
  }

  long dataCache() {
    return dataCache;
  }

  int threads() {
    return threads;
  }

  @Nullable Path log() {
    return log;
  }

  /** Images that another program has open for writing may be read. */
  boolean forceShare() {
    return forceShare;
  }

  boolean debug() {
    return debug;
  }
}
