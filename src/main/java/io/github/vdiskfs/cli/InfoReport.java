// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.SnapshotInfo;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An image's description with the fields of {@code qemu-img info}.
 *
 * @param filename as the user named it
 * @param actualSize host bytes of all the image's files
 */
record InfoReport(String filename, ImageInfo info, long actualSize) {
  private static final long NANOS = 1_000_000_000L;
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final String SNAPSHOT_ROW = "%-9s %-16s %8s %20s %13s %10s%n";

  static InfoReport of(Path named, DiskOpener.Top top) throws IOException {
    ImageInfo info = top.image().info();
    long actual = top.file().allocatedSize();
    for (Storage file : info.files()) {
      actual += file.allocatedSize();
    }
    return new InfoReport(named.toString(), info, actual);
  }

  /** The fields for JSON. */
  Map<String, Object> json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("virtual-size", info.virtualSize());
    fields.put("filename", filename);
    if (info.unitSize() > 0) {
      fields.put("cluster-size", info.unitSize());
    }
    fields.put("format", info.format());
    fields.put("actual-size", actualSize);
    if (info.encrypted()) {
      fields.put("encrypted", true);
    }
    BackingReference backing = info.backing();
    if (backing != null) {
      fields.put("full-backing-filename", fullName(backing));
      fields.put("backing-filename", backing.name());
      if (backing.format() != null) {
        fields.put("backing-filename-format", backing.format());
      }
    }
    if (!info.snapshots().isEmpty()) {
      fields.put("snapshots", info.snapshots().stream().map(InfoReport::json).toList());
    }
    if (!info.details().isEmpty()) {
      fields.put("format-specific", Map.of("type", info.format(), "data", info.details()));
    }
    fields.put("dirty-flag", info.dirty());
    return fields;
  }

  private static Map<String, Object> json(SnapshotInfo snapshot) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (snapshot.icount() >= 0) {
      fields.put("icount", snapshot.icount());
    }
    fields.put("vm-clock-nsec", snapshot.vmClockNanos() % NANOS);
    fields.put("name", snapshot.name());
    fields.put("date-sec", snapshot.dateSeconds());
    fields.put("date-nsec", snapshot.dateNanos());
    fields.put("vm-clock-sec", snapshot.vmClockNanos() / NANOS);
    fields.put("id", snapshot.id());
    fields.put("vm-state-size", snapshot.vmStateSize());
    return fields;
  }

  private String fullName(BackingReference backing) {
    return fullName(filename, backing.name());
  }

  /** The name of a file that an image names, seen from where the user named the image. */
  static String fullName(String image, String name) {
    Path folder = Path.of(image).getParent();
    return folder == null || hasProtocol(name) ? name : folder.resolve(name).toString();
  }

  /** As QEMU sees it: a colon before the first slash. */
  private static boolean hasProtocol(String name) {
    int colon = name.indexOf(':');
    int slash = name.indexOf('/');
    return colon >= 0 && (slash < 0 || colon < slash);
  }

  /** The fields for a person. */
  void print(PrintWriter out) {
    line(out, "", "image", filename);
    line(out, "", "file format", info.format());
    line(
        out,
        "",
        "virtual size",
        Sizes.human(info.virtualSize()) + " (" + info.virtualSize() + " bytes)");
    line(out, "", "disk size", Sizes.human(actualSize));
    if (info.encrypted()) {
      line(out, "", "encrypted", "yes");
    }
    if (info.unitSize() > 0) {
      line(out, "", "cluster_size", info.unitSize());
    }
    if (info.dirty()) {
      line(out, "", "cleanly shut down", "no");
    }
    printBacking(out);
    printSnapshots(out);
    if (!info.details().isEmpty()) {
      out.println("Format specific information:");
      printDetails(out, "    ", info.details());
    }
  }

  private void printBacking(PrintWriter out) {
    BackingReference backing = info.backing();
    if (backing == null) {
      return;
    }
    String full = fullName(backing);
    String actual = full.equals(backing.name()) ? "" : " (actual path: " + full + ")";
    line(out, "", "backing file", backing.name() + actual);
    String format = backing.format();
    if (format != null) {
      line(out, "", "backing file format", format);
    }
  }

  private void printSnapshots(PrintWriter out) {
    if (info.snapshots().isEmpty()) {
      return;
    }
    out.println("Snapshot list:");
    out.printf(SNAPSHOT_ROW, "ID", "TAG", "VM SIZE", "DATE", "VM CLOCK", "ICOUNT");
    for (SnapshotInfo s : info.snapshots()) {
      Instant date = Instant.ofEpochSecond(s.dateSeconds());
      out.printf(
          SNAPSHOT_ROW,
          Words.printable(s.id()),
          Words.printable(s.name()),
          Sizes.human(s.vmStateSize()),
          DATE.format(date.atZone(ZoneId.systemDefault())),
          clock(s.vmClockNanos()),
          s.icount() < 0 ? "" : s.icount());
    }
  }

  private static String clock(long nanos) {
    long seconds = nanos / NANOS;
    return String.format(
        Locale.ROOT,
        "%02d:%02d:%02d.%03d",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        nanos % NANOS / 1_000_000);
  }

  private static void printDetails(PrintWriter out, String indent, Map<?, ?> details) {
    details.forEach((name, value) -> printDetail(out, indent, String.valueOf(name), value));
  }

  private static void printDetail(PrintWriter out, String indent, String name, Object value) {
    String words = name.replace('-', ' ');
    if (value instanceof Map<?, ?> map) {
      out.println(indent + words + ":");
      printDetails(out, indent + "    ", map);
    } else if (value instanceof List<?> list) {
      out.println(indent + words + ":");
      for (int i = 0; i < list.size(); i++) {
        printDetail(out, indent + "    ", "[" + i + "]", list.get(i));
      }
    } else {
      line(out, indent, words, value);
    }
  }

  private static void line(PrintWriter out, String indent, String name, Object value) {
    out.println(indent + name + ": " + Words.printable(String.valueOf(value)));
  }
}
