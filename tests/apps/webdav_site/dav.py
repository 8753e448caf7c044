"""A folder by WebDAV: where DAV_FOLDER says.  Locks and properties are in memory: one process."""

import os

from wsgidav.fs_dav_provider import FilesystemProvider
from wsgidav.wsgidav_app import WsgiDAVApp

app = WsgiDAVApp(
    {
        "provider_mapping": {"/": FilesystemProvider(os.environ["DAV_FOLDER"])},
        "simple_dc": {"user_mapping": {"*": True}},
        "lock_storage": True,
        "property_manager": True,
        "verbose": 1,
        "logging": {"enable": False},
    }
)
