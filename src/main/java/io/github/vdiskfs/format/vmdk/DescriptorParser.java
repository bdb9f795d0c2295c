// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns the text of a descriptor into a {@link Descriptor}. Lines end with LF or CR LF; keys are
 * not case-sensitive; where a key comes twice the first one counts. File names are in the encoding
 * that the text names, UTF-8 where it names none.
 */
final class DescriptorParser {
  /** What the specification shows as the first line. */
  private static final String TITLE = "# Disk DescriptorFile";

  /** Version 4 belongs to encrypted disks. */
  private static final Pattern VERSION = Pattern.compile("[123]");

  private static final Pattern VERSION_LINE = Pattern.compile("version=[123]");

  private static final Pattern CID = Pattern.compile("\\p{XDigit}{1,8}");

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  /** A path of Windows: from a drive or a server, or with a backslash behind its first dots. */
  private static final Pattern WINDOWS_PATH = Pattern.compile("([A-Za-z]:|\\\\|\\.\\.?)\\\\.*");

  /** Longest file name: Linux' PATH_MAX. */
  private static final int MAX_NAME_CHARS = 4096;

  /** Characters of a hostile text that a message quotes. */
  private static final int MAX_QUOTED = 100;

  private final Storage storage;
  private final Map<String, String> values = new HashMap<>();
  private final List<String> extentLines = new ArrayList<>();

  private DescriptorParser(Storage storage) {
    this.storage = storage;
  }

  /**
   * True for the start of a descriptor file: the title, or what QEMU looks for, a version line
   * after nothing but comments and blank lines.
   */
  static boolean isDescriptor(byte[] start) {
    String text = text(start);
    if (text.startsWith(TITLE)) {
      return true;
    }
    Optional<String> first =
        text.lines().filter(l -> !l.startsWith("#") && !l.isBlank()).findFirst();
    return first.isPresent() && VERSION_LINE.matcher(first.get()).matches();
  }

  /**
   * Parses and checks a descriptor.
   *
   * @param bytes the text, to the first NUL
   */
  static Descriptor parse(Storage storage, byte[] bytes) throws ImageException {
    DescriptorParser parser = new DescriptorParser(storage);
    parser.sort(text(bytes));
    parser.checkReadable();
    return parser.descriptor();
  }

  /** Each byte as one character; what is a name is decoded later. */
  private static String text(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
  }

  private void sort(String text) throws ImageException {
    for (String line : (Iterable<String>) text.lines()::iterator) {
      String trimmed = line.strip();
      if (trimmed.startsWith("#")) {
        continue;
      }
      if (ExtentLine.isOne(trimmed)) {
        extentLines.add(trimmed);
        checkExtentCount();
      } else {
        addValue(trimmed);
      }
    }
  }

  private void checkExtentCount() throws ImageException {
    if (extentLines.size() > Descriptor.MAX_EXTENTS) {
      throw ImageException.unsupported(
          storage, "more than " + Descriptor.MAX_EXTENTS + " extents in a descriptor");
    }
  }

  private void addValue(String line) {
    int equals = line.indexOf('=');
    if (equals > 0) {
      String key = line.substring(0, equals).strip().toLowerCase(Locale.ROOT);
      values.putIfAbsent(key, unquote(line.substring(equals + 1).strip()));
    }
  }

  private static String unquote(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  private void checkReadable() throws ImageException {
    String version = values.get("version");
    if (version != null && !VERSION.matcher(version).matches()) {
      throw ImageException.unsupported(storage, "descriptor version " + printable(version));
    }
    for (String key : values.keySet()) {
      if (key.startsWith("encryption") || key.equals("keyid")) {
        throw ImageException.unsupported(storage, "encryption (" + printable(key) + ")");
      }
    }
    String filters = values.getOrDefault("ddb.iofilters", "");
    if (filters.toLowerCase(Locale.ROOT).contains("crypt")) {
      throw ImageException.unsupported(storage, "encryption (" + printable(filters) + ")");
    }
  }

  private Descriptor descriptor() throws ImageException {
    long cid = cid("CID");
    long parentCid = cid("parentCID");
    String hint = values.get("parentfilenamehint");
    if (parentCid != Descriptor.NO_PARENT && hint == null) {
      throw new ImageException(
          ImageException.Kind.INCOMPLETE,
          storage.name() + ": a delta disk that does not name its parent (parentFileNameHint)");
    }
    if (parentCid == Descriptor.NO_PARENT && hint != null) {
      throw ImageException.badField(
          storage, "parentCID", "ffffffff", "the parent's, as there is a parentFileNameHint");
    }
    return new Descriptor(
        cid,
        parentCid,
        printable(values.getOrDefault("createtype", "")),
        hint == null ? null : hostPath(decode(hint)),
        extents());
  }

  private long cid(String key) throws ImageException {
    String value = values.get(key.toLowerCase(Locale.ROOT));
    if (value == null || !CID.matcher(value).matches()) {
      throw ImageException.badField(
          storage,
          key + " of the descriptor",
          value == null ? "missing" : "'" + printable(value) + "'",
          "up to 8 hexadecimal digits");
    }
    return Long.parseLong(value, 16);
  }

  private List<ExtentLine> extents() throws ImageException {
    List<ExtentLine> extents = new ArrayList<>();
    for (String line : extentLines) {
      @Nullable ExtentLine extent = ExtentLine.parse(line).orElse(null);
      if (extent == null) {
        throw ImageException.badField(
            storage,
            "extent line",
            "'" + printable(line) + "'",
            "access, sectors, type, \"file\" and offset");
      }
      if (extent.sectors() > 0) {
        extents.add(extent.withName(decode(extent.name())));
      }
    }
    return List.copyOf(extents);
  }

  /** A file name in the descriptor's encoding. */
  private String decode(String raw) throws ImageException {
    if (raw.length() > MAX_NAME_CHARS || CONTROL.matcher(raw).find()) {
      throw ImageException.badField(
          storage,
          "file name",
          "'" + printable(raw) + "'",
          "at most " + MAX_NAME_CHARS + " characters, none of them a control character");
    }
    byte[] bytes = raw.getBytes(StandardCharsets.ISO_8859_1);
    if (StandardCharsets.US_ASCII.newEncoder().canEncode(raw)) {
      return raw;
    }
    Charset charset = charset();
    try {
      return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw ImageException.badField(
          storage, "file name", "'" + printable(raw) + "'", "characters in " + charset);
    }
  }

  /**
   * A parent's path on this host. Of a path of Windows that starts with a drive or a server, which
   * are not here, the last part counts: the parent may have been copied along.
   */
  private static String hostPath(String name) {
    if (!WINDOWS_PATH.matcher(name).matches()) {
      return name;
    }
    return name.startsWith(".")
        ? name.replace('\\', '/')
        : name.substring(name.lastIndexOf('\\') + 1);
  }

  private Charset charset() throws ImageException {
    String name = values.getOrDefault("encoding", "UTF-8");
    try {
      return Charset.forName(name);
    } catch (IllegalArgumentException e) {
      throw new ImageException(
          ImageException.Kind.UNSUPPORTED,
          storage.name() + ": not supported: file names in the encoding " + printable(name),
          e);
    }
  }

  /** Text of an image as a message may quote it. */
  static String printable(String text) {
    String shown = text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) + "..." : text;
    return CONTROL.matcher(shown).replaceAll("?");
  }
}
