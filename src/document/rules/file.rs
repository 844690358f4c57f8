//! `DS-F…`: files, their names and TOML itself.

use crate::diagnostic::Rule;

rules! {
    NOT_UTF8 = Error "DS-F001" "not UTF-8":
        "TOML files are UTF-8 text. Save the file as UTF-8; the place shown is the first byte that is not.";
    SYNTAX = Error "DS-F002" "not valid TOML":
        "The file does not follow the grammar of TOML (https://toml.io). Strings stand in double quotes, lists in square brackets, \
         and a key may be given once only. What else is found in such a file may change once this is put right.";
    UNKNOWN_KEY = Error "DS-F003" "unknown key":
        "Only the keys of the format may stand in a file: a misspelt key would otherwise be silently without effect. \
         `dockspace schema KIND` prints the keys of each kind of file.";
    WRONG_TYPE = Error "DS-F004" "wrong type":
        "The value is of another type than the key takes: texts stand in quotes, numbers and true or false do not, lists stand in \
         square brackets even when they hold one entry.";
    MISSING_KEY = Error "DS-F005" "missing key":
        "The file lacks a key that it cannot do without. The hint shows a line to paste where there is a sensible one.";
    HOST_ONLY_KEY = Error "DS-F006" "a setting of the host":
        "Paths, commands, sockets and addresses of a host may not stand in the repository: whoever gets a change merged would \
         otherwise run code on the mail server. They belong in /etc/dockspace/host.toml of that host.";
    LISTED_TWICE = Error "DS-F007" "listed twice":
        "The same entry stands in a list more than once. It has no effect, and somebody who removes one of the two believes it gone. \
         Remove one.";
    CONTROL_CHARACTER = Error "DS-F008" "control character in a text":
        "Texts are single lines: line breaks, tabs and other control characters would start new lines or fields in the files that \
         are made from them, and characters that reverse the direction of writing make a reviewer see another text than the \
         program. Remove them.";
    STRAY_FILE = Error "DS-F009" "a file that is nothing":
        "The folders users, aliases, groups, clients, keys and pictures hold files of the format only, because a file that is \
         misnamed would silently be without effect. Rename it, or move it elsewhere; README.md and names that start with a dot \
         are let be.";
    FILE_NAME = Error "DS-F010" "file name that is no name of its kind":
        "The path of a file is the name of what it describes: users/example.org/alice.toml is alice@example.org, \
         groups/engineering.toml is the group engineering. So it must follow the grammar of that name, lower case included.";
    NOT_A_FILE = Error "DS-F011" "not a regular file":
        "Symbolic links and submodules are refused, because they may name something outside of what was reviewed. Put a regular \
         file there.";
    TOO_LARGE = Error "DS-F012" "too large":
        "The file, or the repository, is larger than anything of this format need be. Limits keep one bad commit from using up the \
         memory of every host that follows the repository.";
    TOO_DEEP = Error "DS-F013" "folders too deep":
        "No file of the format stands so many folders deep, so this one would be without effect. Move it.";
    BAD_NAME = Error "DS-F014" "file name with forbidden characters":
        "The names of files are UTF-8 without control characters and backslashes, so that they can be shown and checked out \
         everywhere. Rename the file.";
    CASE_CLASH = Error "DS-F015" "names that differ in case only":
        "Two names that differ only in upper and lower case are one file on macOS and Windows: checking the repository out there \
         loses one of them. Rename one.";
    BYTE_ORDER_MARK = Error "DS-F016" "byte order mark":
        "The file starts with U+FEFF, which some editors on Windows write and other programs take for text. Save it as UTF-8 \
         without a byte order mark.";
    UNKNOWN_WORD = Error "DS-F017" "not one of the allowed words":
        "The key takes one of a few fixed words. The hint lists them.";
    OUT_OF_RANGE = Error "DS-F018" "number out of range":
        "The number is smaller or larger than makes sense for the key. The message says between which bounds it must lie.";
    FORMAT = Error "DS-F019" "unknown format of the repository":
        "`format = 1` at the top of dockspace.toml says by which rules the repository is written. A larger number is of a newer \
         Dockspace: update this one.";
    NO_SETTINGS = Error "DS-F020" "no dockspace.toml":
        "A repository is an organisation by its file dockspace.toml at the top, which names it and its domains. `dockspace init` \
         makes one.";
    PICTURE = Error "DS-F021" "not a picture":
        "Files in pictures/ are PNG, JPEG or WebP images, named by the SHA-256 of their content in lower-case hexadecimal digits. \
         They are served to browsers, so nothing else may stand there.";
}
