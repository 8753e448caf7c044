from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

metadata = MetaData()
Table("author", metadata, Column("id", Integer, primary_key=True), Column("name", String(40)))
Table("book", metadata, Column("id", Integer, primary_key=True), Column("by", ForeignKey("author.id")))
